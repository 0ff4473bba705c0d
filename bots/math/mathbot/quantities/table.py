"""The units that Math knows, as a table: their names, sizes and dimensions, and how people write them otherwise."""

from __future__ import annotations

# names (singular, plural, …) | symbols | factor | dimension | reading. A * before names or symbols allows SI prefixes.
TABLE = """
*metre metres meter meters|*m|1|L
|kms|1000|L
|cms|0.01|L
|mms|0.001|L
inch inches|in|0.0254|L
foot feet|ft|0.3048|L
yard yards|yd yds|0.9144|L
mile miles|mi|1609.344|L
nautical_mile nautical_miles|nmi NM|1852|L
league leagues||4828.032|L
furlong furlongs||201.168|L
fathom fathoms||1.8288|L
chain chains||20.1168|L
rod rods||5.0292|L
barleycorn barleycorns||127/15000|L
thou thou||0.0000254|L
mil mils||0.0000254|L|a thousandth of an inch
hand hands||0.1016|L
angstrom angstroms ångström ångströms|Å|1e-10|L
micron microns||1e-6|L
astronomical_unit astronomical_units|au AU|149597870700|L
light_year light_years lightyear lightyears|ly|9460730472580800|L
light_second light_seconds||299792458|L
light_minute light_minutes||17987547480|L
light_hour light_hours||1079252848800|L
light_day light_days||25902068371200|L
light_week light_weeks||181314478598400|L
parsec parsecs|pc|parsec|L
|*g|1e-3|M
*gram grams gramme grammes||1e-3|M
kilo kilos|kgs|1|M
|mcg|1e-9|M
tonne tonnes metric_ton metric_tons metric_tonne metric_tonnes|t|1000|M
ton tons short_ton short_tons US_ton US_tons||907.18474|M|the US short ton
long_ton long_tons imperial_ton imperial_tons||1016.0469088|M
pound pounds|lb lbs|0.45359237|M
ounce ounces|oz ozs|0.028349523125|M
stone stones|st|6.35029318|M
grain grains||0.00006479891|M
carat carats|ct|0.0002|M
troy_ounce troy_ounces|ozt|0.0311034768|M
hundredweight hundredweights|cwt|45.359237|M|the US hundredweight of 100 pounds
dram drams||0.0017718451953125|M|the avoirdupois dram
pennyweight pennyweights|dwt|0.00155517384|M
troy_pound troy_pounds||0.3732417216|M
quintal quintals||100|M|the metric quintal of 100 kg
slug slugs||44482216152605/3048000000000|M
*second seconds|*s sec secs|1|T
minute minutes|min mins|60|T
hour hours|h hr hrs|3600|T
day days|d|86400|T
week weeks|wk wks|604800|T
fortnight fortnights||1209600|T
month months|mo|1|Y
leap_year leap_years||31622400|T
quarter_year quarter_years||3|Y
year years|yr yrs|12|Y
decade decades||120|Y
century centuries||1200|Y
millennium millennia||12000|Y
*ampere amperes amp amps|*A|1|I
kelvin kelvins degree_kelvin degrees_kelvin|K °K|1|K
celsius celsius degree_celsius degrees_celsius centigrade centigrade|C °C degC deg_C degree_C degrees_C|1+5463/20|K
degree_centigrade degrees_centigrade||1+5463/20|K
fahrenheit fahrenheit degree_fahrenheit degrees_fahrenheit|F °F degF deg_F degree_F degrees_F|5/9+45967/180|K
rankine rankine degree_rankine degrees_rankine|°R|5/9|K
*mole moles|*mol|1|N
*bit bits|*bit *bits *b|1|B
*byte bytes|*B|8|B
nibble nibbles||4|B
radian radians|rad rads|1|A
degree degrees|° deg degs|pi/180|A
gradian gradians gon gons|grad|pi/200|A
turn turns revolution revolutions|rev|2pi|A
arcminute arcminutes arc_minute arc_minutes|arcmin|pi/10800|A
arcsecond arcseconds arc_second arc_seconds|arcsec|pi/648000|A
*litre litres liter liters|*l *L ℓ|0.001|L3
gallon gallons US_gallon US_gallons|gal gals|0.003785411784|L3|the US gallon
imperial_gallon imperial_gallons UK_gallon UK_gallons||0.00454609|L3
quart quarts US_quart US_quarts|qt|0.000946352946|L3|the US quart
imperial_quart imperial_quarts UK_quart UK_quarts||0.0011365225|L3
pint pints US_pint US_pints|pt pts|0.000473176473|L3|the US pint
imperial_pint imperial_pints UK_pint UK_pints||0.00056826125|L3
cup cups US_cup US_cups||0.0002365882365|L3|the US cup
metric_cup metric_cups||0.00025|L3
fluid_ounce fluid_ounces US_fluid_ounce US_fluid_ounces|fl_oz floz|0.0000295735295625|L3|the US fluid ounce
imperial_fluid_ounce imperial_fluid_ounces UK_fluid_ounce UK_fluid_ounces||0.0000284130625|L3
tablespoon tablespoons|tbsp tbsps|0.00001478676478125|L3|the US tablespoon
teaspoon teaspoons|tsp tsps|0.00000492892159375|L3|the US teaspoon
metric_tablespoon metric_tablespoons||0.000015|L3
metric_teaspoon metric_teaspoons||0.000005|L3
gill gills US_gill US_gills||0.00011829411825|L3|the US gill
imperial_gill imperial_gills UK_gill UK_gills||0.0001420653125|L3
bushel bushels US_bushel US_bushels|bu|0.03523907016688|L3|the US bushel
peck pecks US_peck US_pecks||0.00880976754172|L3|the US peck
acre_foot acre_feet||1233.48183754752|L3
board_foot board_feet||0.002359737216|L3
oil_barrel oil_barrels barrel barrels|bbl|0.158987294928|L3|the oil barrel of 42 US gallons
|mls|0.000001|L3
*cc ccs|cc|0.000001|L3
hectare hectares|ha|10000|L2
acre acres|ac|4046.8564224|L2
are ares||100|L2
|mph|0.44704|L T-1
|kph kmh kmph|5/18|L T-1
|fps|0.3048|L T-1
|mps|1|L T-1
|gpm GPM|0.0000630901964|L3 T-1|the US gallon
|cfm CFM|0.0004719474432|L3 T-1
|lpm LPM|1/60000|L3 T-1
knot knots|kn kts|463/900|L T-1
*newton newtons|*N|1|M L T-2
pound_force pounds_force|lbf|4.4482216152605|M L T-2
kilogram_force kilograms_force|kgf|9.80665|M L T-2
*dyne dynes|dyn|0.00001|M L T-2
*joule joules|*J|1|M L2 T-2
*calorie calories||4.184|M L2 T-2|the small calorie of 4.184 J
|*cal|4.184|M L2 T-2
food_calorie food_calories|Cal|4184|M L2 T-2
Calorie Calories||4184|M L2 T-2|the food calorie of 4184 J
*electronvolt electronvolts|*eV|1.602176634e-19|M L2 T-2
*watt_hour watt_hours *watthour watthours|*Wh|3600|M L2 T-2
british_thermal_unit british_thermal_units|BTU Btu|1055.05585262|M L2 T-2|the International Table BTU
erg ergs||1e-7|M L2 T-2
*watt watts|*W|1|M L2 T-3
horsepower horsepower|hp HP|745.69987158227022|M L2 T-3|the mechanical horsepower
metric_horsepower metric_horsepower|PS|735.49875|M L2 T-3
*pascal pascals|*Pa|1|M L-1 T-2
*bar bars|*bar|100000|M L-1 T-2
atmosphere atmospheres|atm|101325|M L-1 T-2
|psi PSI|44482216152605/6451600000|M L-1 T-2
torr torr|Torr|20265/152|M L-1 T-2
|mmHg mmhg mm_Hg|133.322387415|M L-1 T-2
|ksi KSI|44482216152605/6451600|M L-1 T-2
|bpm|1/60|C T-1
*hertz hertz|*Hz|1|C T-1
|rpm RPM|1/60|C T-1
*volt volts|*V|1|M L2 T-3 I-1
*ohm ohms|*Ω *Ω *ohm *ohms|1|M L2 T-3 I-2
*coulomb coulombs||1|I T
amp_hour amp_hours ampere_hour ampere_hours|*Ah|3600|I T
*farad farads||1|M-1 L-2 T4 I2
*tesla teslas|*T|1|M T-2 I-1
|*bps|1|B T-1
|*Bps|8|B T-1
*gauss gauss||0.0001|M T-2 I-1
therm therms||105505585.262|M L2 T-2|the International Table therm
foot_pound foot_pounds pound_foot pound_feet|ft_lb ft_lbs lb_ft lbs_ft ft_lbf lbf_ft|1.3558179483314004|M L2 T-2
inch_pound inch_pounds pound_inch pound_inches||0.1129848290276167|M L2 T-2
|Nm|1|M L2 T-2
|sqft|0.09290304|L2
|sqm|1|L2
|sqkm|1000000|L2
|sqmi|2589988.110336|L2
|mpg MPG|48000000000/112903|L-2|the US gallon
right_angle right_angles||pi/2|A
|imperial_mpg UK_mpg|160934400000/454609|L-2
"""

PREFIXES = {
    "quecto q": -30, "ronto r": -27, "yocto y": -24, "zepto z": -21, "atto a": -18, "femto f": -15, "pico p": -12,
    "nano n": -9, "micro µ": -6, "micro μ": -6, "micro u": -6, "milli m": -3, "centi c": -2, "deci d": -1, "deca da": 1,
    "deka da": 1, "hecto h": 2, "kilo k": 3, "mega M": 6, "giga G": 9, "tera T": 12, "peta P": 15, "exa E": 18,
    "zetta Z": 21, "yotta Y": 24, "ronna R": 27, "quetta Q": 30,
}  # fmt: skip
BINARY = {"kibi Ki": 10, "mebi Mi": 20, "gibi Gi": 30, "tebi Ti": 40, "pebi Pi": 50, "exbi Ei": 60}
SMALL_BYTES = {"kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte"}
SPELLED = {
    "kbps": "kbps",
    "mbps": "Mbps",
    "gbps": "Gbps",
    "gib": "GiB",
    "mib": "MiB",
    "kib": "KiB",
    "tib": "TiB",
    "KB": "kB",
    "hz": "Hz",
    "khz": "kHz",
    "mhz": "MHz",
    "ghz": "GHz",
    "kw": "kW",
    "kwh": "kWh",
    "kj": "kJ",
    "kpa": "kPa",
    "hpa": "hPa",
    "mpa": "MPa",
    "gw": "GW",
    "kv": "kV",
    "mah": "mAh",
    "ah": "Ah",
    "ev": "eV",
    "kev": "keV",
    "mev": "MeV",
    "btu": "BTU",
    "btus": "BTU",
    "BTUs": "BTU",
    "HZ": "Hz",
    "KHZ": "kHz",
    "MHZ": "MHz",
    "GHZ": "GHz",
    "KWH": "kWh",
    "KW": "kW",
    "KBps": "kBps",
    "kBit": "kbit",
    "MBit": "Mbit",
    "GBit": "Gbit",
    "c": "C",
    "f": "F",
}
COMPOUND = {
    "mph": (("mi", 1), ("h", -1)), "kph": (("km", 1), ("h", -1)), "kmh": (("km", 1), ("h", -1)),
    "kmph": (("km", 1), ("h", -1)), "fps": (("ft", 1), ("s", -1)), "mps": (("m", 1), ("s", -1)),
}  # fmt: skip
SCALES = {"C": "°C", "c": "°C", "f": "°F", "F": "°F", "celsius": "°C", "fahrenheit": "°F", "centigrade": "°C"}
SHOWN = SCALES | {"degC": "°C", "degF": "°F", "'": "ft", '"': "in"}
SHOWN |= {f"{degree} {scale}": SCALES[scale] for degree in ("degrees", "degree", "deg", "°") for scale in SCALES}
EASILY_MEANT = {
    "Mg": "megagrams", "Ml": "megalitres", "ML": "megalitres", "Mm": "megametres", "Ms": "megaseconds",
    "mHz": "millihertz",
}  # fmt: skip
"""Prefixes that many people write by mistake: how they were read is said."""
