"""`head`."""

from workbench.project import load_project


def test_it_replaces_the_head_and_says_what_went_and_came(workbench, tmp_path):
    path = tmp_path / "v.workbench"
    workbench("new", "vgg16", "--input", "64x64x3", "-p", "width=0.1", "-o", path)
    done = workbench("head", path, "--classes", "7", "--hidden", "32,16", "--dropout", "0.5", "--freeze")
    assert done.code == 0
    assert "features from block5_pool (2x2x51)" in done.out
    assert "- fc1 (Dense)" in done.out
    assert "+ predictions (Dense) 7" in done.out
    (graph,) = load_project(path).project.graphs.values()
    assert graph.find_name("fc1") is None
    assert not graph.node(graph.find_name("block1_conv1")).trainable
    assert graph.node(graph.find_name("predictions")).trainable
    assert workbench("check", path).code == 0


def test_the_dataset_says_how_many_classes(workbench, tmp_path):
    path, other = tmp_path / "l.workbench", tmp_path / "m.workbench"
    workbench("new", "lenet5", "-o", path)
    before = path.read_bytes()
    assert workbench("head", path, "-o", other).code == 0
    assert path.read_bytes() == before
    (graph,) = load_project(other).project.graphs.values()
    assert graph.node(graph.find_name("predictions")).params["units"] == 10


def test_what_it_cannot_do_is_one_line(workbench, tmp_path):
    nin, vgg = tmp_path / "n.workbench", tmp_path / "v.workbench"
    workbench("new", "nin", "-o", nin)
    workbench("new", "vgg16", "-o", vgg)
    for words, told in (
        ((nin, "--classes", "3"), "expand the block"),
        ((vgg,), "--classes"),
        ((vgg, "--classes", "3", "--dropout", "2"), "dropout"),
        ((vgg, "--classes", "3", "--output-layer", "nobody"), "nobody"),
        ((vgg, "--classes", "3", "-o", nin), "--force"),
    ):
        done = workbench("head", *words)
        assert done.code == 1
        assert told in done.complaints[0]
        assert len(done.complaints) == 1
    assert workbench("head", vgg, "--hidden", "a").code == 2
