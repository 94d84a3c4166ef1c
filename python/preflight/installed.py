"""Which version of a package this python has."""


def installed(package):
    """None where there is none, or python is too old to tell."""
    try:
        from importlib import metadata

        return metadata.version(package)
    except Exception:
        return None
