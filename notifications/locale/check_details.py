"""x"""
ZH: dict[str, str] = {}
