"""Makes the catalogue's data, ``calls/*.jsonl``. A development tool, never in a Lambda bundle.

What AWS publishes (``facts/``) and the API models in botocore give the rows; what they do not tell, or tell
wrongly, is decided in ``corrections.yaml``, with a reason each. ``python -m passrole.catalogue.generator``
writes the rows and says what changed.
"""
