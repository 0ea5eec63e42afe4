using System.Globalization;

namespace Distillation.Keras.Cultures.Tests;

/// <summary>Cultures that write numbers, signs and letters otherwise than English.</summary>
internal static class WorldCultures
{
    /// <summary>German has a comma, Turkish a comma and another upper case of i, Persian other signs for everything.</summary>
    public static string[] Names { get; } = ["de-DE", "tr-TR", "fa-IR"];

    /// <summary>
    /// The culture, with the formats of numbers said here, so that they are the same on a machine without ICU and with any version of it.
    /// </summary>
    public static CultureInfo Get(string name)
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo(name).Clone();
        NumberFormatInfo numbers = culture.NumberFormat;
        (string point, string group, string minus) = name switch
        {
            "de-DE" or "tr-TR" => (",", ".", "-"),
            "fa-IR" => ("\u066b", "\u066c", "\u200e\u2212"),
            _ => throw new ArgumentException($"There is no culture {name} here.", nameof(name)),
        };
        numbers.NumberDecimalSeparator = numbers.PercentDecimalSeparator = numbers.CurrencyDecimalSeparator = point;
        numbers.NumberGroupSeparator = numbers.PercentGroupSeparator = numbers.CurrencyGroupSeparator = group;
        numbers.NegativeSign = minus;
        numbers.NaNSymbol = name == "fa-IR" ? "ناعدد" : "NaN";
        return culture;
    }

    /// <summary>What a function gives on a thread of that culture.</summary>
    public static T In<T>(CultureInfo culture, Func<T> function)
    {
        (CultureInfo before, CultureInfo beforeUI) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
            return function();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, beforeUI);
        }
    }
}
