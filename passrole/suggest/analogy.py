"""Whether what was seen too seldom looks just like what is normal, so that one statement may approve both.

A new role looks like the others of its path; a role that somebody put there does not have their tags. The
service and the passer are the same by then.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from passrole.suggest.roles import RoleFacts, typical_tags
from passrole.suggest.scope import Scope


def are_alike(scope: Scope, seldom: Iterable[RoleFacts], normal: Sequence[RoleFacts], share: float) -> bool:
    """Whether each of the roles that were seen seldom looks like those in the scope that are normal.

    1. In a path, it lies as many levels deep as one of them; elsewhere, in the path of one of them.
    2. It has every tag that at least ``share`` of them have, and two of them; and every one that so many of
       those in its own path have.
    3. It is neither an administrator nor trusted from outside, and that is known if it is known of them all.
    """
    paths = {role.path for role in normal}
    depths = {len(role.prefixes) for role in normal}
    tags = typical_tags(normal, share)
    of_path: dict[str, list[RoleFacts]] = defaultdict(list)
    for role in normal:
        of_path[role.path].append(role)
    administrators_known = all(role.administrator is not None for role in normal)
    trust_known = all(role.external is not None for role in normal)
    for role in seldom:
        if not (len(role.prefixes) in depths if scope.prefix else role.path in paths):
            return False
        needed = tags | typical_tags(of_path.get(role.path, ()), share)
        if needed and (role.tags is None or not role.tags.issuperset(needed)):
            return False
        if role.is_set_apart:
            return False
        if (administrators_known and role.administrator is None) or (trust_known and role.external is None):
            return False
    return True
