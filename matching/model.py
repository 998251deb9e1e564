"""The exact model for OR-Tools: one function for each constraint, over all units or only some.

A model over some units asks what those could do better while every other placement stays; the
residue says how much room that leaves.
"""

from collections import defaultdict

import numpy as np
from ortools.sat.python import cp_model

from matching.parties import NO_LIMIT
from matching.residue import Residue
from matching.table import Table
from matching.timetable import half_days_needed


class PlacementModel:
    """A CP-SAT model with one truth value per column (chosen) and per unit (placed)."""

    def __init__(self, table: Table, units: np.ndarray, columns: np.ndarray, room: Residue) -> None:
        """Model `units` with the `columns` they may use, within `room`."""
        self.table, self.room = table, room
        self.units = [int(unit) for unit in units]
        self.columns = [int(column) for column in columns]
        self.cp = cp_model.CpModel()
        self.chosen = {column: self.cp.new_bool_var("") for column in self.columns}
        self.placed = {unit: self.cp.new_bool_var("") for unit in self.units}
        self.apart: list[cp_model.IntVar] = []
        self._presence: dict[tuple[int, int], cp_model.LinearExprT] = {}
        self._by_part = defaultdict(list)
        self._by_offer = defaultdict(list)
        self._by_stay = defaultdict(list)
        for column in self.columns:
            self._by_part[int(table.part[column])].append(column)
            self._by_offer[int(table.offer[column])].append(column)
            stay = int(table.child[column]), int(table.provider[column])
            self._by_stay[stay].append(column)
        self._children = sorted({int(table.unit_child[unit]) for unit in self.units})
        for constraint in (
            self.packages_together,
            self.hours_of_offers,
            self.places_of_offers,
            self.places_of_providers,
            self.protected_children_part_time,
            self.full_time_children,
            self.half_days_do_not_clash,
            self.needs_do_not_mix,
            self.children_kept_apart,
            self.tier_budgets,
            self.siblings_apart_count,
            self.pins_are_kept,
        ):
            constraint()

    def packages_together(self) -> None:
        """Each component of a unit has exactly one offer if the unit is placed, else none."""
        for unit in self.units:
            for part in range(self.table.unit_start[unit], self.table.unit_start[unit + 1]):
                options = [self.chosen[column] for column in self._by_part[part]]
                self.cp.add_exactly_one([*options, self.placed[unit].negated()])

    def hours_of_offers(self) -> None:
        """The hours a week taken at an offer are within those it has free."""
        for offer, columns in self._by_offer.items():
            weights = [int(self.table.hours[column]) for column in columns]
            if sum(weights) > self.room.hours[offer]:
                self.cp.add(self._weighted(columns, weights) <= int(self.room.hours[offer]))

    def places_of_offers(self) -> None:
        """The children at an offer are within its places; two components take one place."""
        for offer, columns in self._by_offer.items():
            by_child = defaultdict(list)
            for column in columns:
                by_child[int(self.table.child[column])].append(column)
            if len(by_child) > self.room.places[offer]:
                held = [self._any(group) for group in by_child.values()]
                self.cp.add(cp_model.LinearExpr.sum(held) <= int(self.room.places[offer]))

    def places_of_providers(self) -> None:
        """The children new to a provider, over all its offers, are within its places."""
        for provider, everyone in self._stays_by_provider().items():
            left = int(self.room.provider_places[provider])
            stays = [stay for stay in everyone if self.table.exceptions.takes_a_place(*stay)]
            if left < NO_LIMIT // 2 and len(stays) > left:
                held = [self.presence(*stay) for stay in stays]
                self.cp.add(cp_model.LinearExpr.sum(held) <= left)

    def protected_children_part_time(self) -> None:
        """No child with an EHC plan or looked after is full-time at an unregistered provider."""
        parties, limit = self.table.parties, self.table.problem.policy.full_time_hours
        for (child, provider), columns in self._by_stay.items():
            if parties.provider_registered[provider] or not parties.child_protected[child]:
                continue
            there, most = self._hours_possible(child, provider, columns)
            if there + most > limit:
                weights = [int(self.table.hours[column]) for column in columns]
                self.cp.add(self._weighted(columns, weights) <= limit - there)

    def full_time_children(self) -> None:
        """An unregistered provider stays below the number of full-time children it may have."""
        parties, limit = self.table.parties, self.table.problem.policy.full_time_hours
        becoming = defaultdict(list)
        for (child, provider), columns in self._by_stay.items():
            if parties.provider_registered[provider] or not parties.child_compulsory[child]:
                continue
            there, most = self._hours_possible(child, provider, columns)
            if parties.child_protected[child] or there > limit or there + most <= limit:
                continue
            full_time = self.cp.new_bool_var("")
            weights = [int(self.table.hours[column]) for column in columns]
            total = self._weighted(columns, weights) + there
            self.cp.add(total <= limit + full_time * (there + most - limit))
            becoming[provider].append(full_time)
        for provider, flags in becoming.items():
            # a provider may be over its limit already; then no further child may become full-time
            left = max(0, int(self.room.full_time[provider]))
            self.cp.add(cp_model.LinearExpr.sum(flags) <= left)

    def half_days_do_not_clash(self) -> None:
        """The components of a child can be held on separate half-days that their offers open.

        By Hall's condition: of the components whose offers open only within a set of half-days,
        the needs fit that set. Only sets that could be overfilled are written down.
        """
        table, per = self.table, self.table.problem.policy.hours_per_half_day
        offers = table.problem.offers
        for child in self._children:
            columns = [c for part in self._parts_of(child) for c in self._by_part[part]]
            parts = {int(table.part[column]) for column in columns}
            if len(parts) < 2:
                continue
            open_at = {column: offers[table.offer[column]].sessions for column in columns}
            for half_days in _unions(set(open_at.values()), len(parts)):
                inside = [column for column in columns if open_at[column] <= half_days]
                needs = [half_days_needed(int(table.hours[c]), per) for c in inside]
                worst = {int(table.part[c]): n for c, n in zip(inside, needs, strict=True)}
                if sum(worst.values()) > len(half_days):
                    self.cp.add(self._weighted(inside, needs) <= len(half_days))

    def needs_do_not_mix(self) -> None:
        """A provider never has two primary needs that it may not have together.

        Children who are there already bring no need there that is new.
        """
        table = self.table
        for provider, stays in self._stays_by_provider().items():
            pairs = table.problem.providers[provider].must_not_mix
            if not pairs:
                continue
            there = self.room.needs.get(provider, frozenset())
            flag = {need: self.cp.new_bool_var("") for pair in pairs for need in pair}
            for need in there & flag.keys():
                self.cp.add(flag[need] == 1)
            for stay in stays:
                primary = table.problem.children[stay[0]].needs[:1]
                if primary and primary[0] in flag and table.exceptions.takes_a_place(*stay):
                    self.cp.add(self.presence(*stay) <= flag[primary[0]])
            # two clashing needs may be there from before; the rule then bars newcomers only
            for a, b in pairs:
                if not {a, b} <= there:
                    self.cp.add(flag[a] + flag[b] <= 1)

    def children_kept_apart(self) -> None:
        """Two children to be kept apart never share a provider."""
        for child, other in self._pairs("keep_apart"):
            for provider in self._shared_providers(child, other):
                together = self.presence(child, provider) + self.presence(other, provider)
                self.cp.add(together <= 1)

    def tier_budgets(self) -> None:
        """Provision and transport of all children of a tier stay within its weekly budget."""
        table = self.table
        for tier, left in self.room.budgets.items():
            columns = [
                c for c in self.columns if table.problem.children[table.child[c]].tier == tier
            ]
            pence = [int(table.cost[c] + table.transport[c]) for c in columns]
            if sum(pence) > left:
                self.cp.add(self._weighted(columns, pence) <= left)

    def siblings_apart_count(self) -> None:
        """Brothers and sisters placed with no provider in common cost the sibling weight."""
        if not self.table.problem.policy.weights.sibling_apart:
            return
        for child, other in self._pairs("siblings"):
            shared = []
            for provider in self._shared_providers(child, other):
                both = self.cp.new_bool_var("")
                self.cp.add(both <= self.presence(child, provider))
                self.cp.add(both <= self.presence(other, provider))
                shared.append(both)
            apart = self.cp.new_bool_var("")
            placed = [self._is_placed(who) for who in (child, other)]
            self.cp.add(apart + cp_model.LinearExpr.sum(shared) >= sum(placed) - 1)
            self.apart.append(apart)

    def pins_are_kept(self) -> None:
        """A unit fixed by an officer in all its components is placed."""
        for unit in self.units:
            if self.table.unit_pinned[unit]:
                self.cp.add(self.placed[unit] == 1)

    def value(self) -> cp_model.LinearExprT:
        """Priority-weighted hours placed."""
        return cp_model.LinearExpr.weighted_sum(
            [self.placed[unit] for unit in self.units],
            [int(self.table.unit_value[unit]) for unit in self.units],
        )

    def pence(self) -> cp_model.LinearExprT:
        """Pence a week: provision, transport, misfit and siblings apart."""
        return self._weighted(
            self.columns, [int(self.table.total[column]) for column in self.columns]
        ) + self.table.problem.policy.weights.sibling_apart * cp_model.LinearExpr.sum(self.apart)

    def hint(self, columns: np.ndarray) -> None:
        """Start the search from these chosen columns."""
        self.cp.clear_hints()
        chosen = {int(column) for column in columns}
        placed = {int(self.table.unit[column]) for column in chosen}
        for column, variable in self.chosen.items():
            self.cp.add_hint(variable, column in chosen)
        for unit, variable in self.placed.items():
            self.cp.add_hint(variable, unit in placed)

    def presence(self, child: int, provider: int) -> cp_model.LinearExprT:
        """1 if the child has any component at the provider, else 0."""
        key = child, provider
        if key not in self._presence:
            self._presence[key] = self._any(self._by_stay[key])
        return self._presence[key]

    def _any(self, columns: list[int]) -> cp_model.LinearExprT:
        """1 if any of the columns (all of one child) is chosen."""
        options = [self.chosen[column] for column in columns]
        if len({int(self.table.part[column]) for column in columns}) == 1:
            return cp_model.LinearExpr.sum(options)
        flag = self.cp.new_bool_var("")
        self.cp.add_max_equality(flag, options)
        return flag

    def _weighted(self, columns, weights) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.weighted_sum([self.chosen[c] for c in columns], weights)

    def _hours_possible(self, child, provider, columns) -> tuple[int, int]:
        """Hours the child has at the provider, and the most the columns could add."""
        longest = {int(self.table.part[c]): int(self.table.hours[c]) for c in columns}
        there = self.table.exceptions.there.get(child, {}).get(provider, 0)
        return there, sum(longest.values())

    def _stays_by_provider(self) -> dict[int, list[tuple[int, int]]]:
        stays = defaultdict(list)
        for stay in self._by_stay:
            stays[stay[1]].append(stay)
        return stays

    def _parts_of(self, child: int) -> list[int]:
        """The components of a child that are in the model."""
        units = (
            [unit for unit in self.units if self.table.unit_child[unit] == child]
            if (self.table.problem.policy.partial_packages)
            else [child]
        )
        starts = self.table.unit_start
        return [part for unit in units for part in range(starts[unit], starts[unit + 1])]

    def _is_placed(self, child: int) -> cp_model.LinearExprT:
        """1 if the child is placed at all."""
        units = [unit for unit in self.units if self.table.unit_child[unit] == child]
        if len(units) == 1:
            return self.placed[units[0]]
        flag = self.cp.new_bool_var("")
        self.cp.add_max_equality(flag, [self.placed[unit] for unit in units])
        return flag

    def _pairs(self, relation: str) -> list[tuple[int, int]]:
        """Pairs of children in the model that name each other, or one the other."""
        children = self.table.problem.children
        row = {children[who].id: who for who in self._children}
        return sorted(
            {
                (min(who, row[other]), max(who, row[other]))
                for who in self._children
                for other in getattr(children[who], relation)
                if other in row and row[other] != who
            }
        )

    def _shared_providers(self, child: int, other: int) -> list[int]:
        """Providers where both children have columns."""
        mine = {provider for who, provider in self._by_stay if who == child}
        return sorted(mine & {provider for who, provider in self._by_stay if who == other})


def _unions(sets: set[frozenset[str]], size: int) -> set[frozenset[str]]:
    """All distinct unions of up to `size` of the sets."""
    unions = set(sets)
    for _ in range(size - 1):
        unions |= {one | other for one in unions for other in sets}
    return unions
