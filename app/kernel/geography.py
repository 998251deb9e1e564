"""Miles and kilometres: kilometres inside, miles for officers to read and write."""

KM_PER_MILE = 1.609344


def miles_to_km(miles: float) -> float:
    """Miles as kilometres, to the nearest metre."""
    return round(miles * KM_PER_MILE, 3)


def km_to_miles(km: float) -> float:
    """Kilometres as miles, unrounded."""
    return km / KM_PER_MILE
