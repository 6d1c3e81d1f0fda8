"""The CDK app: `cdk` runs it, and so does anything that needs the templates without `cdk`."""

from pathlib import Path

from infra.assembly import main

if __name__ == "__main__":
    raise SystemExit(main(Path(__file__).resolve().parent))
