"""What the journal calls the writes of membership types."""

CREATED = "membership_type.created"
EDITED = "membership_type.edited"
CLONED = "membership_type.cloned"
ARCHIVED = "membership_type.archived"
UNARCHIVED = "membership_type.unarchived"
DELETED = "membership_type.deleted"
RESTORED = "membership_type.restored"
# Created again from the last known copy of a deleted type.
RECREATED = "membership_type.recreated"
