"""A process that works is never taken for one that stands still, however slow it is."""

from __future__ import annotations

from huebrush_backend.server.standstill import LEAST_BYTES, Patience, Standstill, Vitals

PATIENCE = Patience()


class Watched:
    """A process that is looked at each second of a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 500.0
        self.standstill = Standstill(PATIENCE, lambda: self.now)

    def until_noticed(self, vitals, most: int = 2000, starts: bool = False) -> int | None:
        """Return after how many looks at `vitals(look)` it is said to stand still, None if never."""
        for look in range(most):
            if self.standstill.look(vitals(look), starts):
                return look
            self.now += PATIENCE.look
        return None


def test_any_sign_of_life_renews_the_deadline():
    rare = 50  # seconds between signs
    for sign in (
        lambda look: Vitals(cpu=look // rare * 0.3),
        lambda look: Vitals(transferred=look // rare * LEAST_BYTES),
        lambda look: Vitals(said=look // rare),
    ):
        assert Watched().until_noticed(sign, most=round(PATIENCE.speechless)) is None
    assert Watched().until_noticed(lambda look: Vitals(said=look // rare)) is None


def test_one_that_computes_and_never_says_anything_is_noticed_at_last():
    for busy in (lambda look: Vitals(float(look)), lambda look: Vitals(float(look), look * LEAST_BYTES)):
        assert Watched().until_noticed(busy) == PATIENCE.speechless
    assert Watched().until_noticed(lambda look: Vitals(float(look), said=look // 800)) is None


def test_none_for_a_minute_is_noticed_though_a_thread_tries_to_connect():
    assert Watched().until_noticed(lambda look: Vitals(1.0, 5, 5)) == PATIENCE.silence
    assert Watched().until_noticed(lambda look: Vitals(cpu=look * 0.0005)) == PATIENCE.silence


def test_a_stopped_one_is_noticed_soon_but_a_short_stop_is_forgiven():
    assert Watched().until_noticed(lambda look: Vitals(float(look), stopped=True)) == PATIENCE.stopped
    assert Watched().until_noticed(lambda look: Vitals(float(look), stopped=look % 8 != 0), most=800) is None


def test_a_start_ends_at_last_even_if_it_is_busy():
    busy = Watched().until_noticed(lambda look: Vitals(float(look)), starts=True)
    assert busy == PATIENCE.start
    talkative = Watched().until_noticed(lambda look: Vitals(float(look), said=look), starts=True)
    assert talkative == PATIENCE.start
    assert Watched().until_noticed(lambda look: Vitals(float(look), said=look)) is None


def test_the_time_begins_anew_when_the_front_itself_was_stopped():
    watched = Watched()
    assert watched.until_noticed(lambda look: Vitals(stopped=True), most=8) is None
    watched.now += 3600.0  # the computer slept
    assert watched.until_noticed(lambda look: Vitals(stopped=True)) == PATIENCE.stopped


def test_retries_come_later_each_time():
    assert [PATIENCE.retry(failures) for failures in range(8)] == [0, 0.5, 1, 2, 4, 8, 10, 10]
    assert PATIENCE.times(0.1).silence == 6.0
