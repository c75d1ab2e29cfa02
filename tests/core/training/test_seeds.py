"""Seeds: one for every purpose and place, the same on every machine."""

from __future__ import annotations

from fundus_gui.core.training.seeds import seed_of


def test_every_purpose_and_place_has_its_own_seed() -> None:
    places = [
        (seed, epoch, position) for seed in range(4) for epoch in range(4) for position in (0, 1)
    ]
    seeds = {seed_of(purpose, *place) for purpose in ("order", "update") for place in places}
    assert len(seeds) == 2 * len(places)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_seed_is_the_same_on_every_machine() -> None:
    assert seed_of("order", 0, 1) == 4398139934218532760
