"""From degrees to the pixels of a map, and back to the degrees at its edges."""

from collections.abc import Sequence
from math import cos, radians

WIDTH = 760
MIN_HEIGHT, MAX_HEIGHT = 400, 640
MARGIN = 46
KM_PER_DEGREE = 111.32
SMALLEST_SPAN_KM = 4.0


class Projection:
    """Degrees to pixels: equirectangular, so that a mile is as long east as it is north."""

    def __init__(self, places: Sequence[tuple[float, float]]) -> None:
        south, north = min(p[0] for p in places), max(p[0] for p in places)
        west, east = min(p[1] for p in places), max(p[1] for p in places)
        self.middle = ((south + north) / 2, (west + east) / 2)
        self.squeeze = cos(radians(self.middle[0]))
        wide = max((east - west) * self.squeeze * KM_PER_DEGREE, SMALLEST_SPAN_KM)
        high = max((north - south) * KM_PER_DEGREE, SMALLEST_SPAN_KM)
        room = WIDTH - 2 * MARGIN
        self.pixels_per_km = min(room / wide, (MAX_HEIGHT - 2 * MARGIN) / high)
        self.height = max(MIN_HEIGHT, round(high * self.pixels_per_km) + 2 * MARGIN)

    def __call__(self, lat: float, lon: float) -> tuple[float, float]:
        """Pixels from the left and from the top."""
        east = (lon - self.middle[1]) * self.squeeze * KM_PER_DEGREE * self.pixels_per_km
        north = (lat - self.middle[0]) * KM_PER_DEGREE * self.pixels_per_km
        return round(WIDTH / 2 + east, 1), round(self.height / 2 - north, 1)

    def corners(self) -> tuple[float, float, float, float]:
        """South, west, north and east of the whole picture, in degrees."""
        down = self.height / 2 / self.pixels_per_km / KM_PER_DEGREE
        across = WIDTH / 2 / self.pixels_per_km / KM_PER_DEGREE / self.squeeze
        lat, lon = self.middle
        return lat - down, lon - across, lat + down, lon + across
