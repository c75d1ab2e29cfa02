"""Columns become groups that can be compared, and images become patients."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundus_gui.core.errors import DatasetError
from fundus_gui.core.evaluation.subgroups import by_patient, groups_of


def listed(cells: list[str]) -> dict[str, list[int]]:
    return {name: images.tolist() for name, images in groups_of("column", cells).items()}


def test_each_text_is_a_group_and_empty_cells_come_last() -> None:
    assert listed(["m", "", "f", " m ", ""]) == {"f": [2], "m": [0, 3], "not given": [1, 4]}


def test_few_numbers_are_groups_in_their_order() -> None:
    assert listed(["10", "9", "10", "2"]) == {"2": [3], "9": [1], "10": [0, 2]}


def test_many_numbers_are_cut_into_bands_of_as_many_images() -> None:
    groups = listed([str(age) for age in range(100, 0, -1)])
    assert list(groups) == ["≤ 25", "25 – 50", "50 – 75", "> 75"]
    assert {len(images) for images in groups.values()} == {25}
    assert groups["≤ 25"] == list(range(75, 100))


def test_numbers_that_are_nearly_all_the_same_are_the_greatest_and_the_rest() -> None:
    groups = listed([str(age) for age in [60] * 80 + list(range(20))])
    assert {name: len(images) for name, images in groups.items()} == {"≤ 19": 20, "> 19": 80}


@given(st.lists(st.sampled_from(["", "a", "7", "7.5", *map(str, range(12))]), min_size=1))
def test_every_image_is_in_exactly_one_group(cells: list[str]) -> None:
    groups = groups_of("column", cells)
    everyone = np.concatenate(list(groups.values()))
    assert sorted(everyone.tolist()) == list(range(len(cells)))
    assert all(len(images) for images in groups.values())


def test_remarks_are_no_groups() -> None:
    with pytest.raises(DatasetError, match="'remark' has 21 different texts"):
        groups_of("remark", [f"remark {number}" for number in range(21)])


def test_a_patient_has_the_mean_of_its_images() -> None:
    rows = [[0.8, 0.2], [0.3, 0.7], [0.4, 0.6]]
    found = by_patient(rows, [0, 1, 0], ["b", "a", "b"])
    assert found.probabilities == pytest.approx(np.array([[0.3, 0.7], [0.6, 0.4]]))
    assert found.labels.tolist() == [1, 0]
    assert found.left_out == 0


def test_patients_of_several_members_are_averaged_member_by_member() -> None:
    rows = np.random.default_rng(0).dirichlet(np.ones(3), (2, 6))
    found = by_patient(rows, [0, 0, 1, 1, 2, 2], np.arange(6) // 2)
    assert found.probabilities == pytest.approx(rows.reshape(2, 3, 2, 3).mean(axis=2))


def test_eyes_that_differ_leave_the_patient_out_or_take_the_worse_one() -> None:
    rows = [[0.8, 0.1, 0.1], [0.3, 0.4, 0.3], [0.2, 0.2, 0.6]]
    without_order = by_patient(rows, [0, 1, 2], ["a", "a", "b"])
    assert (without_order.labels.tolist(), without_order.left_out) == ([2], 1)
    assert without_order.probabilities == pytest.approx(np.array([rows[2]]))
    ordered = by_patient(rows, [0, 1, 2], ["a", "a", "b"], grades=[2, 1, 0])  # class 0 is the worst
    assert (ordered.labels.tolist(), ordered.left_out) == ([0, 2], 0)
