"""What the functions of the history campaign do, once more in Python: folds over one lane's events.

They share no code with the functions, and nothing with the engine.
"""
import bisect
import heapq

from arithmetic import mix
from scenario import compact

# The windows of `minutes`, in milliseconds.
WINDOW = 5000
LATENESS = 5000
# After one event no more timers fire; the others follow the next events.
FIRINGS_MOST = 256


class Effects:
    """All that one event came to."""

    __slots__ = ("emissions", "fired", "is_dead", "changes")

    def __init__(self):
        # Of the event itself and of the timers after it: station, key, data.
        self.emissions = []
        self.fired = []
        self.is_dead = False
        # Key, the state that it has from then on as JSON (null: none), and its timers.
        self.changes = []


class Sum:
    """The function `sum`."""

    def __init__(self, salt):
        self.salt = salt
        self.accounts = {}

    def take(self, event):
        effects = Effects()
        data, key = event.data, event.key
        unit = data["n"] * 8 + data["p"]
        count, total = self.accounts.get(key, (0, 0))
        if mix(unit, 11, self.salt) % 40 == 3:
            if count > 0:
                del self.accounts[key]
                effects.changes.append((key, "null", []))
                effects.emissions.append(
                    ("sums", key, {"closed": count, "n": data["n"], "p": data["p"]}))
            return effects
        if mix(unit, 12, self.salt) % 100 == 42:
            effects.is_dead = True
            return effects
        count, total = count + 1, total + data["a"]
        self.accounts[key] = (count, total)
        effects.changes.append((key, compact({"count": count, "sum": total}), []))
        effects.emissions.append(
            ("sums", key, {"count": count, "n": data["n"], "p": data["p"], "sum": total}))
        if mix(unit, 13, self.salt) % 3 == 0:
            effects.emissions.append(
                ("side", key, {"n": data["n"], "p": data["p"], "sum": total}))
        return effects


class Minutes:
    """The function `minutes`: tumbling windows that timers close."""

    def __init__(self, _):
        # Of each key its windows by their ends, and the end of the one that was closed last.
        self.windows = {}
        self.closed = {}
        # The moment at which each key's timer fires, and all that were set, in order.
        self.timers = {}
        self.queue = []
        self.latest = None

    def take(self, event):
        effects = Effects()
        data, key = event.data, event.data["k"]
        time = data["at"]
        end = time - time % WINDOW + WINDOW
        if key in self.closed and end <= self.closed[key]:
            effects.is_dead = True
        else:
            window = self.windows.setdefault(key, {}).setdefault(end, {"events": 0, "sum": 0})
            window["events"] += 1
            window["sum"] += data["a"]
            self.wait(key, min(self.windows[key]) - 1)
            effects.changes.append(self.change(key))
        self.latest = time if self.latest is None else max(self.latest, time)
        self.fire(self.latest - LATENESS - 1, effects)
        return effects

    def wait(self, key, at):
        if self.timers.get(key) != at:
            self.timers[key] = at
            heapq.heappush(self.queue, (at, key))

    def fire(self, now, effects):
        """Fires what is due, in the order of times and keys."""
        left = FIRINGS_MOST
        while self.queue and self.queue[0][0] <= now and left > 0:
            at, key = heapq.heappop(self.queue)
            if self.timers.get(key) != at:
                # It was moved meanwhile.
                continue
            left -= 1
            del self.timers[key]
            self.close(at, key, effects)
            effects.changes.append(self.change(key))

    def close(self, at, key, effects):
        windows = self.windows.get(key)
        if windows is None:
            # One window later the key is forgotten.
            del self.closed[key]
            return
        end = min(windows)
        window = windows.pop(end)
        self.closed[key] = end
        effects.fired.append(("counts", key, {
            "events": window["events"], "from": end - WINDOW, "k": key, "sum": window["sum"]}))
        if windows:
            self.wait(key, min(windows) - 1)
        else:
            del self.windows[key]
            self.wait(key, end + WINDOW - 1)

    def change(self, key):
        state = {}
        if key in self.closed:
            state["closed"] = self.closed[key]
        if key in self.windows:
            state["windows"] = [
                dict(window, **{"from": end - WINDOW, "to": end})
                for end, window in sorted(self.windows[key].items())]
        timers = [[self.timers[key] * 1000, "windows"]] if key in self.timers else []
        return key, compact(state) if state else "null", timers


class Copy:
    """The function `copy`."""

    def __init__(self, _):
        pass

    def take(self, event):
        effects = Effects()
        effects.emissions.append(("copies", event.key, event.data))
        return effects


class Fold:
    """What a function makes of one lane's events from the first on, whatever ran when."""

    def __init__(self, function, events):
        """function: one of the above, with nothing taken yet."""
        self.events = events
        self.effects = [function.take(event) for event in events]
        # Of each key the offsets of the events that changed it, and what they left.
        self.history = {}
        for offset, effects in enumerate(self.effects):
            for key, state, _ in effects.changes:
                offsets, states = self.history.setdefault(key, ([], []))
                offsets.append(offset)
                states.append(state)

    def state(self, key, offset):
        """What a key has before the event at an offset, as JSON; null for none."""
        offsets, states = self.history.get(key, ((), ()))
        place = bisect.bisect_left(offsets, offset)
        return states[place - 1] if place > 0 else "null"

    def states(self, offset):
        """What all keys have that have something before the event at an offset."""
        found = ((key, self.state(key, offset)) for key in self.history)
        return {key: state for key, state in found if state != "null"}

    def letters(self):
        return sum(effects.is_dead for effects in self.effects)
