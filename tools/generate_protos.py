"""Generate the Python code of every proto; with `--check`, fail when the committed code is not what the protos give.

The field rules' own descriptor comes from the installed protovalidate wheel, so no third-party proto is committed.
"""

import argparse
import filecmp
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path

from google.protobuf import descriptor_pb2
from grpc_tools import protoc
from protovalidate._gen.buf.validate import validate_pb

ROOT = Path(__file__).parent.parent
# Where protos stand → where their Python code goes.
TREES = {"proto": "proto/generated", "libs/dtm-client/src": "libs/dtm-client/src"}


def write_rules(descriptor_set: Path) -> None:
    """Write the descriptor set of `buf/validate/validate.proto` and of what it imports."""
    well_known = resources.files("grpc_tools") / "_proto"
    files = [f"google/protobuf/{name}.proto" for name in ("descriptor", "duration", "field_mask", "timestamp", "empty")]
    protoc.main(["protoc", f"-I{well_known}", "--include_imports", f"--descriptor_set_out={descriptor_set}", *files])
    known = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set.read_bytes())
    known.file.add().ParseFromString(validate_pb.desc().proto.to_binary())
    descriptor_set.write_bytes(known.SerializeToString())


def protos_under(source: str) -> list[str]:
    """Return the protos of a tree, by their import path."""
    return sorted(str(path.relative_to(ROOT / source)) for path in (ROOT / source).rglob("*.proto"))


def generate(source: str, target: Path, rules: Path) -> None:
    """Generate messages, services and their type stubs of one tree into a folder."""
    outputs = [f"--{kind}_out={target}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")]
    quiet = [f"--{kind}_opt=quiet" for kind in ("mypy", "mypy_grpc")]
    own = [str(ROOT / source / name) for name in protos_under(source)]
    if protoc.main(["protoc", f"-I{ROOT / source}", f"--descriptor_set_in={rules}", *outputs, *quiet, *own]):
        sys.exit("protoc failed; its words stand above")


def lint(source: str, scratch: Path, rules: Path) -> None:
    """Hold the protos of a tree against the rules of its `buf.yaml`."""
    image = scratch / "image.binpb"
    options = ["--include_imports", "--include_source_info", f"--descriptor_set_out={image}"]
    names = protos_under(source)
    protoc.main(["protoc", f"--descriptor_set_in={rules}", f"-I{ROOT / source}", *options, *names])
    subprocess.run(["buf", "lint", str(image), "--config", str(ROOT / source / "buf.yaml")], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    stale: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        rules = Path(scratch, "rules.binpb")
        write_rules(rules)
        for source, target in TREES.items():
            generated = Path(scratch, source) if check else ROOT / target
            generated.mkdir(parents=True, exist_ok=True)
            generate(source, generated, rules)
            if check:
                made = [path.relative_to(generated) for path in generated.rglob("*") if path.is_file()]
                stale += [f"{target}/{path}" for path in made if not same(generated / path, ROOT / target / path)]
        if check:
            lint("proto", Path(scratch), rules)
    for path in stale:
        print(f"{path} is not what its proto gives; run: nox -s protos", file=sys.stderr)
    return 1 if stale else 0


def same(one: Path, other: Path) -> bool:
    return other.exists() and filecmp.cmp(one, other, shallow=False)


if __name__ == "__main__":
    sys.exit(main())
