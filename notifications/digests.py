def render_digests(record, language=None):
    return []
