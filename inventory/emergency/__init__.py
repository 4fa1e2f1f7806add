"""Emergency access: a clinician's rights for an hour, alarmed and reviewed."""
