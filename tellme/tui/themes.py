"""The two themes of our own. Every text on every surface of them has the contrast that WCAG 2.2 AA asks for (4.5:1).

A test computes the contrasts; ``app.tcss`` and the widgets use the names alone.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="tellme-dark",
    primary="#7AB8F5",
    secondary="#C9A6F0",
    accent="#F2B872",
    foreground="#E4E6EA",
    background="#14161B",
    surface="#1A1D23",
    panel="#23272F",
    success="#83D69B",
    warning="#F0C674",
    error="#FF8F86",
    dark=True,
    variables={
        "text-muted": "#A2ABB8",
        "text-disabled": "#858E9C",
        "border": "#7AB8F5",
        "border-blurred": "#353B46",
        "block-cursor-background": "#26405A",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#262B34",
        "block-cursor-blurred-foreground": "#E4E6EA",
        "block-hover-background": "#20242C",
        "footer-key-foreground": "#7AB8F5",
        "footer-description-foreground": "#A2ABB8",
        "footer-background": "#14161B",
        "input-selection-background": "#2F5D8A",
        "screen-selection-background": "#2F5D8A",
        "scrollbar": "#353B46",
        "scrollbar-hover": "#4A5261",
        "scrollbar-active": "#7AB8F5",
        "scrollbar-background": "#14161B",
        "scrollbar-background-hover": "#14161B",
        "scrollbar-background-active": "#14161B",
        "scrollbar-corner-color": "#14161B",
        "link-color": "#7AB8F5",
    },
)

LIGHT = Theme(
    name="tellme-light",
    primary="#1F5FA8",
    secondary="#7A3FA6",
    accent="#8A5200",
    foreground="#1E2329",
    background="#FAFAF7",
    surface="#F2F2EE",
    panel="#E6E6E0",
    success="#1B6E3A",
    warning="#7D5600",
    error="#B3261E",
    dark=False,
    variables={
        "text-muted": "#555D68",
        "text-disabled": "#5E6672",
        "border": "#1F5FA8",
        "border-blurred": "#C9CBC6",
        "block-cursor-background": "#CFE0F4",
        "block-cursor-foreground": "#10233A",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#E3E6E4",
        "block-cursor-blurred-foreground": "#1E2329",
        "block-hover-background": "#ECEDE8",
        "footer-key-foreground": "#1F5FA8",
        "footer-description-foreground": "#555D68",
        "footer-background": "#FAFAF7",
        "input-selection-background": "#B9D3F0",
        "screen-selection-background": "#B9D3F0",
        "scrollbar": "#C9CBC6",
        "scrollbar-hover": "#AEB2AD",
        "scrollbar-active": "#1F5FA8",
        "scrollbar-background": "#FAFAF7",
        "scrollbar-background-hover": "#FAFAF7",
        "scrollbar-background-active": "#FAFAF7",
        "scrollbar-corner-color": "#FAFAF7",
        "link-color": "#1F5FA8",
    },
)

OWN = (DARK, LIGHT)
