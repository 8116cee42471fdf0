"""Who is told of what: changes of outcome only, less and less often, and never lost."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from scraper.outcome import Outcome
from scraper.runs import channels as told_by
from scraper.runs.channels import DeliveryError, channels
from scraper.runs.notify import Channels, Notifier, Report
from scraper.runs.plan import EmailTable, NotifyTable
from tests.mailbox import Dripper, Hook, Mailbox, serving
from tests.site import refused_port

START = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@attrs.define
class Phone:
    """A channel whose messages are kept, and that can be out of order."""

    works: bool = True
    calls: int = 0
    told: list[str] = attrs.field(factory=list)

    def __call__(self, message: Mapping[str, Any]) -> None:
        self.calls += 1
        if not self.works:
            raise DeliveryError("nobody answers")
        self.told.append(message["text"])


@attrs.frozen
class Desk:
    """A notifier and its one channel."""

    folder: Path
    phone: Phone = attrs.field(factory=Phone)

    def tell(self, now: datetime, **outcomes: Outcome) -> None:
        # As at every run, what was told is read from the file.
        notifier = Notifier({"phone": self.phone}, memory=self.folder / "told.json", quiet=HOUR)
        reports = [
            Report(source=source, outcome=outcome, told="why", stale_since=None, feed_of=None)
            for source, outcome in outcomes.items()
        ]
        notifier.tell(reports, now=now)


def test_only_changes_are_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    runs: tuple[tuple[Outcome, list[str]], ...] = (
        (Outcome.OK, []),
        (Outcome.UNCHANGED, []),
        (Outcome.BLOCKED, ["a: healthy -> blocked (why)"]),
        (Outcome.BLOCKED, []),
        (Outcome.HTTP, ["a: blocked -> http (why)"]),
        (Outcome.UNCHANGED, ["a: http -> unchanged (why)"]),
        (Outcome.OK, []),
    )
    for day, (outcome, expected) in enumerate(runs):
        desk.phone.told.clear()
        desk.tell(START + timedelta(days=day), a=outcome)
        assert desk.phone.told == expected


def test_sources_that_change_together_are_told_in_one_message(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.tell(START, a=Outcome.HTTP, b=Outcome.OK, c=Outcome.LAYOUT)
    assert desk.phone.told == ["a: healthy -> http (why)\nc: healthy -> layout (why)"]


def test_a_flapping_source_is_told_of_less_and_less(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    times = []
    for minutes in range(0, 24 * 60, 10):
        # Two runs that fail, two that do not.
        outcome = Outcome.HTTP if minutes // 20 % 2 == 0 else Outcome.OK
        before = len(desk.phone.told)
        desk.tell(START + minutes * MINUTE, a=outcome)
        times += [minutes] if len(desk.phone.told) > before else []
    # Quiet for 60, 120, 240, 480 and 960 minutes; then until the next run that differs.
    assert times == [0, 60, 200, 460, 960]


def test_what_holds_at_the_end_of_the_quiet_time_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.tell(START, a=Outcome.HTTP)
    desk.tell(START + 10 * MINUTE, a=Outcome.OK)
    assert len(desk.phone.told) == 1
    desk.tell(START + HOUR, a=Outcome.OK)
    assert desk.phone.told[1:] == ["a: http -> ok (why)"]


def test_what_could_not_be_told_is_told_later_and_tried_less_and_less(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Phone(works=False))
    for minutes in range(0, 60, 5):
        desk.tell(START + minutes * MINUTE, a=Outcome.HTTP)
    assert desk.phone.calls == 4  # at 0, 5, 15, 35
    desk.phone.works = True
    desk.tell(START + 75 * MINUTE, a=Outcome.HTTP)
    assert desk.phone.told == ["a: healthy -> http (why)"]


def test_a_clock_set_back_silences_nobody(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.tell(START, a=Outcome.HTTP)
    desk.tell(START - timedelta(days=400), a=Outcome.OK)
    assert desk.phone.told[1:] == ["a: http -> ok (why)"]


def test_a_spoilt_memory_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "told.json").write_text('{"phone": 3', encoding="utf-8")
    desk = Desk(tmp_path)
    desk.tell(START, a=Outcome.HTTP)
    assert desk.phone.told == ["a: healthy -> http (why)"]


def test_webhook_mail_and_program_get_the_message(tmp_path: Path) -> None:
    copy = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
    kept = tmp_path / "message.json"
    with serving(Hook()) as hook, serving(Mailbox()) as mailbox:
        table = NotifyTable(
            webhook=hook.url,
            command=(sys.executable, "-c", copy, str(kept)),
            email=EmailTable(
                host="127.0.0.1", port=mailbox.port, sender="k@localhost", to=("me@localhost",)
            ),
        )
        notifier = Notifier(channels(table), memory=tmp_path / "told.json", quiet=HOUR)
        report = Report(
            source="shamra",
            outcome=Outcome.LAYOUT,
            told="لا شيء",
            stale_since="2026-11-20",
            feed_of="2026-11-19",
        )
        notifier.tell([report], now=START)
    expected = {
        "time": "2026-11-21T06:00:00+00:00",
        "text": "shamra: healthy -> layout (لا شيء)",
        "changes": [
            {
                "source": "shamra",
                "outcome": "layout",
                "before": "healthy",
                "told": "لا شيء",
                "stale_since": "2026-11-20",
                "feed_of": "2026-11-19",
            }
        ],
    }
    assert hook.messages == [expected]
    assert json.loads(kept.read_text(encoding="utf-8")) == expected
    (mail,) = mailbox.mails
    assert mail["Subject"] == "khulasa: shamra layout"
    assert (mail["From"], mail["To"]) == ("k@localhost", "me@localhost")
    assert mail.get_payload(decode=True).decode().splitlines()[0] == expected["text"]


def test_each_channel_remembers_for_itself(tmp_path: Path) -> None:
    deaf, phone = Phone(works=False), Phone()
    memory = tmp_path / "told.json"
    report = Report(source="a", outcome=Outcome.HTTP, told="", stale_since=None, feed_of=None)
    for now in (START, START + HOUR):
        Notifier({"deaf": deaf, "phone": phone}, memory=memory, quiet=HOUR).tell([report], now=now)
    assert (deaf.calls, phone.calls) == (2, 1)


@pytest.mark.parametrize(
    "table",
    [
        NotifyTable(webhook=f"http://127.0.0.1:{refused_port()}/"),
        NotifyTable(webhook="file:///etc/passwd"),
        NotifyTable(webhook="env:KHULASA_NO_SUCH_VARIABLE"),
        NotifyTable(command=("/nowhere/program",)),
        NotifyTable(command=("false",)),
        NotifyTable(
            email=EmailTable(host="127.0.0.1", port=refused_port(), sender="a@b", to=("c@d",))
        ),
    ],
)
def test_what_cannot_be_delivered_says_so(table: NotifyTable) -> None:
    (deliver,) = channels(table).values()
    with pytest.raises(DeliveryError):
        deliver({"text": "x", "time": "", "changes": []})


@pytest.mark.parametrize(
    "table",
    [
        NotifyTable(webhook="http://127.0.0.1:1/hidden word"),
        NotifyTable(webhook="http://user:hidden@hook.example/x"),
        NotifyTable(command=("false", "--token", "hidden")),
    ],
)
def test_what_cannot_be_delivered_gives_no_secret_away(table: NotifyTable) -> None:
    (deliver,) = channels(table).values()
    with pytest.raises(DeliveryError) as told:
        deliver({"text": "x", "time": "", "changes": []})
    assert "hidden" not in str(told.value)


def test_an_answer_that_is_no_http_is_no_delivery() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with server.accept()[0] as connection:
                connection.recv(10_000)
                connection.sendall(b"no http\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        (deliver,) = channels(
            NotifyTable(webhook=f"http://127.0.0.1:{server.getsockname()[1]}/")
        ).values()
        with pytest.raises(DeliveryError, match="BadStatusLine"):
            deliver({"text": "x", "time": "", "changes": []})
        thread.join()


@pytest.mark.parametrize("kind", ["webhook", "email"])
def test_a_server_that_answers_letter_by_letter_holds_nobody_up(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told_by, "LIMIT", 0.5)
    with serving(Dripper()) as server:
        table = {
            "webhook": NotifyTable(webhook=f"http://127.0.0.1:{server.port}/"),
            "email": NotifyTable(
                email=EmailTable(host="127.0.0.1", port=server.port, sender="a@b", to=("c@d",))
            ),
        }
        (deliver,) = channels(table[kind]).values()
        with pytest.raises(DeliveryError, match=r"it took longer than 0\.5 s"):
            deliver({"text": "x", "time": "", "changes": []})
    for thread in threading.enumerate():
        if thread.name == "delivery":
            thread.join(30)


def test_what_a_program_leaves_running_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_by, "SECONDS", 5.0)
    (deliver,) = channels(NotifyTable(command=("sh", "-c", "sleep 20 & exit 0"))).values()
    deliver({"text": "x", "time": "", "changes": []})


def test_what_one_channel_told_is_remembered_before_the_next_is_tried(tmp_path: Path) -> None:
    phone = Phone()
    memory = tmp_path / "told.json"
    report = Report(source="a", outcome=Outcome.HTTP, told="", stale_since=None, feed_of=None)

    def stopped(_: Mapping[str, Any]) -> None:
        raise KeyboardInterrupt

    telling: Channels = {"phone": phone, "stopped": stopped}
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            Notifier(telling, memory=memory, quiet=HOUR).tell([report], now=START)
    assert phone.calls == 1


def test_two_refreshes_that_tell_at_once_forget_nothing(tmp_path: Path) -> None:
    memory = tmp_path / "told.json"
    failed = {
        name: Report(source=name, outcome=Outcome.HTTP, told="", stale_since=None, feed_of=None)
        for name in "ab"
    }

    def other(_: Mapping[str, Any]) -> None:
        Notifier({"phone": Phone()}, memory=memory, quiet=HOUR).tell([failed["b"]], now=START)

    Notifier({"phone": other}, memory=memory, quiet=HOUR).tell([failed["a"]], now=START)
    assert json.loads(memory.read_text("utf-8"))["phone"].keys() == {"a", "b"}


def test_an_answer_of_500_is_no_delivery() -> None:
    with serving(Hook()) as hook:
        hook.status = 500
        (deliver,) = channels(NotifyTable(webhook=hook.url)).values()
        with pytest.raises(DeliveryError, match="500"):
            deliver({"text": "x", "time": "", "changes": []})


def test_a_secret_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Hook()) as hook:
        monkeypatch.setenv("KHULASA_HOOK", hook.url)
        (deliver,) = channels(NotifyTable(webhook="env:KHULASA_HOOK")).values()
        deliver({"text": "x", "time": "", "changes": []})
    assert [message["text"] for message in hook.messages] == ["x"]
