# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who shares a value of the run cache, for how long, and what is on the disk."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
import time

import pytest
from ansible_collections.ibmcloud.sysdig.plugins.module_utils._errors.base import SysdigError
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils._run_cache import (
    FAILURE_MAX_AGE,
    FAILURE_TTL,
    REFUSAL_TTL,
    RETRY_PAUSE,
    RunCache,
)
from run_cache_workers import Service, at_once, in_worker

SECRET = "sim-api-key-0000000000000000000000000000000001"
OTHER_SECRET = "sim-api-key-other-account-00000000000000000002"
SUBJECT = ("instance", 101)
REFUSAL = SysdigError("IAM login", "IAM answered 400: BXNIM0415E.", "Check the key.", status=400, code="BXNIM0415E")
OUTAGE = SysdigError("IAM login", "IAM answered 503.", "Try again later.", status=503)
UNREACHED = SysdigError("IAM login", "No connection.", "Check the network.")
REFUSAL.is_refusal = True


def get(run, service, subject=SUBJECT, secret=SECRET, host=None, **options):
    return RunCache(str(run), [secret], host).get(subject, service, **options)


# --- Who shares a value ---------------------------------------------------------------------------------------------


def test_references_and_workers_share_one_value(run, service, new_worker):
    values = [get(run, service), get(run, service)]
    new_worker()
    values.append(get(run, service))

    assert values == [{"request": 1}] * 3


def test_other_subject_and_other_caller_have_their_own_value(run, service, new_worker):
    assert get(run, service) == {"request": 1}
    assert get(run, service, subject=("instance", 102)) == {"request": 2}
    assert get(run, service, secret=OTHER_SECRET) == {"request": 3}

    new_worker()
    assert get(run, service, secret=OTHER_SECRET) == {"request": 3}
    assert get(run, service) == {"request": 1}


def test_other_playbook_run_starts_anew(run, service, new_worker, tmp_path):
    get(run, service)
    new_worker()

    assert get(tmp_path / "next run", service) == {"request": 2}


def test_workers_that_start_together_make_one_request(run, service):
    service.seconds = 0.3

    assert at_once(32, lambda: get(run, service)) == [{"request": 1}] * 32
    assert service.requests == 1


def test_workers_that_start_together_share_one_failure(run, service):
    service.seconds, service.error = 0.3, REFUSAL

    said = at_once(32, lambda: get(run, service))

    assert said == [f"SysdigError: {REFUSAL}"] * 32
    assert service.requests == 1


def test_workers_of_a_caller_without_a_secret_share_a_value(run, service, new_worker):
    def later():
        new_worker()
        return RunCache(str(run), []).get(SUBJECT, service)

    assert [in_worker(later), in_worker(later)] == [{"request": 1}] * 2


@pytest.mark.parametrize(("seed", "is_shared"), [("random", True), ("7", False)])
def test_key_without_a_secret_is_not_one_that_others_can_compute(run, seed, is_shared):
    """A fixed PYTHONHASHSEED would make it computable, so that nothing is written then."""
    script = f"""
from ansible_collections.ibmcloud.sysdig.plugins.plugin_utils import _run_cache as run_cache
fetched = []
for _number in range(2):
    run_cache._memory.clear()
    run_cache.RunCache({str(run)!r}, []).get("subject", lambda: (fetched.append(1), None))
print(len(fetched))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", script]
    counts = [subprocess.check_output(command, env=environment, text=True) for _number in range(2)]

    # The second interpreter must not find what the first has written.
    assert counts == ["1\n" if is_shared else "2\n"] * 2
    assert (run / "ibmcloud.sysdig").exists() is is_shared


# --- For how long -----------------------------------------------------------------------------------------------------


def test_value_is_fetched_anew_when_it_has_expired(run, service, clock, new_worker):
    service.expires = clock.now + 100
    get(run, service)

    clock.now += 99
    new_worker()
    assert get(run, service) == {"request": 1}
    clock.now += 2
    assert get(run, service) == {"request": 2}


def test_failure_keeps_step_facts_and_text(run, service, new_worker):
    service.error = REFUSAL
    for _number in range(2):
        new_worker()
        with pytest.raises(SysdigError) as raised:
            get(run, service)

    assert raised.value.as_dict() == REFUSAL.as_dict()
    assert str(raised.value) == str(REFUSAL)
    assert service.requests == 1


@pytest.mark.parametrize(("error", "ttl"), [(REFUSAL, REFUSAL_TTL), (OUTAGE, FAILURE_TTL), (UNREACHED, FAILURE_TTL)])
def test_failure_expires_when_no_host_has_used_it_for_a_while(run, service, clock, error, ttl):
    service.error = error
    with pytest.raises(SysdigError):
        get(run, service, host="first")

    service.error = None
    for host in ("second", "third"):  # counted from the last use, not from the failure
        clock.now += ttl - 1
        with pytest.raises(SysdigError):
            get(run, service, host=host)
    clock.now += ttl + 1
    assert get(run, service, host="fourth") == {"request": 2}


def test_failure_expires_at_its_maximum_age_however_many_hosts_use_it(run, service, clock):
    service.error = REFUSAL
    started_at = clock.now
    while clock.now <= started_at + FAILURE_MAX_AGE:
        with pytest.raises(SysdigError):
            get(run, service, host=str(clock.now))
        clock.now += FAILURE_TTL - 1
    assert service.requests == 1

    service.error = None
    assert get(run, service, host="last") == {"request": 2}


def test_defect_is_not_cached(run, service):
    service.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        get(run, service)

    service.error = None
    assert get(run, service) == {"request": 2}


# --- Retries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [REFUSAL, OUTAGE, UNREACHED])
def test_host_that_retries_after_a_pause_makes_a_new_request(run, service, clock, error):
    service.error = error
    with pytest.raises(SysdigError):
        get(run, service, host="one")

    service.error = None
    clock.now += RETRY_PAUSE
    with pytest.raises(SysdigError):
        get(run, service, host="another")
    assert get(run, service, host="one") == {"request": 2}


def test_references_of_one_task_share_a_failure(run, service, clock):
    service.error = REFUSAL
    for _number in range(5):
        with pytest.raises(SysdigError):
            get(run, service, host="one")
        clock.now += RETRY_PAUSE / 10

    assert service.requests == 1


def test_hosts_that_retry_together_make_one_request(run, service, clock):
    service.error = REFUSAL
    for attempt in (1, 2, 3):
        for host in ("one", "two", "three"):
            with pytest.raises(SysdigError):
                get(run, service, host=host)
        assert service.requests == attempt
        clock.now += RETRY_PAUSE


def test_retry_does_not_use_an_old_failure_of_the_login(run, service, clock, tmp_path):
    """Another host has tried it, so that this one gets it for the first time."""
    login = Service(tmp_path / "logins")
    login.error = service.error = REFUSAL
    for subject, fetch in (("login", login), (SUBJECT, service)):
        with pytest.raises(SysdigError):
            get(run, fetch, subject=subject, host="another")
    with pytest.raises(SysdigError):
        get(run, service, host="one")

    login.error = None
    clock.now += RETRY_PAUSE
    assert get(run, lambda: (get(run, login, subject="login", host="one"), None), host="one") == {"request": 2}


# --- Values that a service rejects ------------------------------------------------------------------------------------


def test_rejected_value_is_fetched_anew(run, service, clock):
    service.expires = clock.now + 100
    rejected = get(run, service)

    assert get(run, service, rejected=rejected) == {"request": 2}
    assert get(run, service) == {"request": 2}


def test_value_that_several_workers_see_rejected_is_fetched_anew_once(run, service):
    service.expires = time.time() + 100
    rejected = get(run, service)

    assert at_once(8, lambda: get(run, service, rejected=rejected)) == [{"request": 2}] * 8


# --- What is on the disk ----------------------------------------------------------------------------------------------


def test_disk_holds_nothing_readable(run, service):
    previous = os.umask(0)
    try:
        value = RunCache(str(run), [SECRET]).get(SUBJECT, lambda: ({"token": OTHER_SECRET}, None))
    finally:
        os.umask(previous)

    assert value == {"token": OTHER_SECRET}
    assert stat.S_IMODE((run / "ibmcloud.sysdig").stat().st_mode) == 0o700
    for path in (run / "ibmcloud.sysdig").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        content = path.read_bytes() + path.name.encode()
        content += base64.urlsafe_b64decode(path.read_bytes())
        for secret in (SECRET, OTHER_SECRET):
            assert secret.encode() not in content
            assert base64.b64encode(secret.encode())[:-4] not in content
