"""A report in the manner of a notebook: text, figures of Matplotlib and tables, in reading order.

Shows: Matplotlib figures, sections, columns of metrics, a question that redraws a part.
"""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import pandas as pd
from matplotlib.figure import Figure
from vega_datasets import local_data

from outlast import app, choose, columns, metric, section, table, write

WEATHER = local_data.seattle_weather()
WEATHER["month"] = WEATHER["date"].dt.month
WEATHER["year"] = WEATHER["date"].dt.year
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def temperatures(year: pd.DataFrame) -> Figure:
    """The band between the day's coldest and warmest hour."""
    figure = Figure(figsize=(8, 3), layout="constrained")
    axes = figure.subplots()
    axes.fill_between(year["date"], year["temp_min"], year["temp_max"], color="#4c78a8", alpha=0.35, linewidth=0)
    axes.plot(
        year["date"], (year["temp_min"] + year["temp_max"]).div(2).rolling(14, center=True).mean(), color="#1f3a5f"
    )
    axes.set_ylabel("°C")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def rain(year: pd.DataFrame) -> Figure:
    """Rain by month, beside the mean of all years."""
    figure = Figure(figsize=(8, 2.6), layout="constrained")
    axes = figure.subplots()
    mean = WEATHER.groupby("month")["precipitation"].sum() / WEATHER["year"].nunique()
    axes.bar(MONTHS, year.groupby("month")["precipitation"].sum(), color="#72b7b2", label="this year")
    axes.plot(MONTHS, mean, "o", color="#333333", label="mean of all years")
    axes.set_ylabel("mm")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def summary(year: pd.DataFrame) -> pd.DataFrame:
    """One row a season."""
    seasons = year["month"].map(lambda month: ["Winter", "Spring", "Summer", "Autumn"][month % 12 // 3])
    grouped = year.groupby(seasons.rename("season"), sort=False)
    return (
        grouped.agg(
            warmest=("temp_max", "max"),
            coldest=("temp_min", "min"),
            rain_mm=("precipitation", "sum"),
            windiest=("wind", "max"),
        )
        .round(1)
        .reset_index()
    )


@app(title="Weather report", icon="🌦️")
def weather_report(year: int = 2015) -> None:
    """Seattle's weather in one year, 2012 to 2015 (NOAA, public domain)."""
    write("# Seattle's weather")
    years = sorted(int(each) for each in WEATHER["year"].unique())
    while True:
        if year not in years:
            write(f"There are no records of {year}; here is {years[-1]}.")
            year = years[-1]
        chosen = WEATHER[WEATHER["year"] == year]
        with section(str(year)):
            facts = [
                ("Warmest", f"{chosen['temp_max'].max():.1f} °C"),
                ("Coldest", f"{chosen['temp_min'].min():.1f} °C"),
                ("Days with rain", int((chosen["precipitation"] > 0).sum())),
            ]
            for column, (label, value) in zip(columns(3), facts, strict=True):
                with column:
                    metric(label, value)
            write("The band spans each day's coldest and warmest hour; the line is their mean over two weeks.")
            write(temperatures(chosen))
            write(rain(chosen))
            table(summary(chosen), caption="By season")
        picked = choose("Another year?", [*map(str, years), "No, thanks"])
        if picked == "No, thanks":
            break
        year = int(picked)
