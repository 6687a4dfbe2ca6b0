import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.ui.panels.dataset.arrangement import Arrangement, arranged

ARRANGEMENTS = st.builds(
    Arrangement,
    sizes=st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any).map(tuple),
    columns=st.integers(1, 4),
    width=st.integers(5, 9),
    height=st.integers(5, 9),
    heading=st.sampled_from([0, 4]),
)


@given(ARRANGEMENTS)
def test_every_cell_is_found_where_it_stands_and_no_two_overlap(it):
    places = [it.place(position) for position in range(it.total)]
    assert len(set(places)) == it.total == sum(it.sizes)
    for position, (x, y) in enumerate(places):
        assert it.at(x, y) == it.at(x + it.width - 1, y + it.height - 1) == position
        assert y + it.height <= it.extent


@given(ARRANGEMENTS, st.integers(0, 300), st.integers(1, 60))
def test_nothing_in_sight_is_left_out_and_little_else_is_taken(it, top, tall):
    seen = {p for p in range(it.total) if it.place(p)[1] < top + tall and it.place(p)[1] + it.height > top}
    within = set(it.within(top, top + tall))
    assert seen <= within
    if top < it.extent:
        assert len(within) <= len(seen) + 2 * it.columns


@given(ARRANGEMENTS, st.data())
def test_down_goes_to_the_next_row_and_never_beyond_the_end(it, data):
    position = data.draw(st.integers(0, it.total - 1))
    below = it.step(position, 1)
    rows = sorted({it.place(p)[1] for p in range(it.total)})
    row = rows.index(it.place(position)[1])
    assert rows.index(it.place(below)[1]) == min(row + 1, len(rows) - 1)
    assert it.place(below)[0] <= it.place(position)[0]
    assert it.place(it.step(position, -1))[1] == rows[max(row - 1, 0)]


def test_the_heading_of_the_section_in_sight_stays_at_the_edge_until_the_next_one_pushes_it():
    it = arranged([4, 4], width=20, cell=(10, 10), heading=5)
    assert list(it.headings(0, 10)) == [(0, 0)]
    assert list(it.headings(12, 22)) == [(0, 12)]
    assert list(it.headings(23, 33)) == [(0, 20), (1, 25)]


@pytest.mark.parametrize(("width", "columns"), [(9, 1), (10, 1), (25, 2), (100, 10)])
def test_as_many_columns_as_there_is_room_for(width, columns):
    assert arranged([50], width, (10, 10), 0).columns == columns
