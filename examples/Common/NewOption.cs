using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using static System.FormattableString;

namespace Examples.Common;

/// <summary>
/// Makes the options of a <see cref="CommandLine"/>. A value that breaks an option's rule is refused with the option's name, the rule and
/// what was found.
/// </summary>
public static class NewOption
{
    /// <summary>An option without a value.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>
    /// An option with a value, which is the default of <typeparamref name="T"/> where it is not given, and for an array an empty one.
    /// </summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="name">The name, with its hyphens.</param>
    /// <param name="value">What the help calls the value.</param>
    /// <param name="description">What the option does, and what happens without it.</param>
    /// <param name="read">Reads a value; an <see cref="ArgumentException"/> says what is wrong with it.</param>
    public static Option<T> Value<T>(string name, string value, string description, Func<string, T> read) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Read(result, read),
        };

    /// <summary>An argument that is not behind an option.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="name">What the help calls it.</param>
    /// <param name="description">What it is.</param>
    /// <param name="read">Reads it; an <see cref="ArgumentException"/> says what is wrong with it.</param>
    public static Argument<T> Argument<T>(string name, string description, Func<string, T> read) =>
        new(name)
        {
            Description = description,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Read(result, read),
        };

    /// <summary>A whole number; <see langword="null"/> where it is not given.</summary>
    /// <param name="name">The name, with its hyphens.</param>
    /// <param name="description">What the option does, and what happens without it.</param>
    /// <param name="least">The least number.</param>
    /// <param name="most">The greatest.</param>
    public static Option<int?> Whole(string name, string description, int least, int most = int.MaxValue) =>
        Value<int?>(name, "N", description, value => ReadWhole(name, value, least, most));

    /// <summary>A whole number.</summary>
    /// <param name="name">The name, with its hyphens.</param>
    /// <param name="description">What the option does; the help adds the default.</param>
    /// <param name="byDefault">The number where none is given.</param>
    /// <param name="least">The least number.</param>
    /// <param name="most">The greatest.</param>
    public static Option<int> WholeOr(string name, string description, int byDefault, int least, int most = int.MaxValue) =>
        Or(byDefault, Value(name, "N", description, value => ReadWhole(name, value, least, most)));

    /// <summary>A finite number.</summary>
    /// <param name="name">The name, with its hyphens.</param>
    /// <param name="value">What the help calls the value.</param>
    /// <param name="description">What the option does; the help adds the default.</param>
    /// <param name="byDefault">The number where none is given.</param>
    /// <param name="rule">Which numbers it takes, such as <c>a number above 0</c>.</param>
    /// <param name="holds">The rule.</param>
    public static Option<double> NumberOr(
        string name,
        string value,
        string description,
        double byDefault,
        string rule,
        Predicate<double> holds
    ) =>
        Or(
            byDefault,
            Value(
                name,
                value,
                description,
                text =>
                    double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    && double.IsFinite(number)
                    && holds(number)
                        ? number
                        : throw new ArgumentException($"{name} takes {rule}, not '{text}'.")
            )
        );

    /// <summary><c>--out</c>: a folder to write to, which need not be there yet.</summary>
    public static Option<string?> Out(string description) =>
        Value<string?>(
            "--out",
            "FOLDER",
            description,
            value => File.Exists(value) ? throw new ArgumentException($"--out takes a folder, but '{value}' is a file.") : value
        );

    /// <summary><c>--data</c>: <c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder that there is.</summary>
    public static Option<string> Data() =>
        Or(
            "digits",
            Value(
                "--data",
                "WHICH",
                """
                digits: the 10,000 bundled digits of MNIST
                mnist, fashion: the whole dataset, from the folder that DISTILLATION_KERAS_DATA names, Keras' cache or Keras' address
                FOLDER: MNIST or Fashion-MNIST there, as IDX files or npz
                """,
                value =>
                    value is "digits" or "mnist" or "fashion" || Directory.Exists(value)
                        ? value
                        : throw new ArgumentException($"--data takes digits, mnist, fashion or a folder, and there is no folder '{value}'.")
            )
        );

    private static Option<T> Or<T>(T byDefault, Option<T> option)
    {
        option.DefaultValueFactory = _ => byDefault;
        return option;
    }

    private static int ReadWhole(string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
        && number >= least
        && number <= most
            ? number
            : throw new ArgumentException(
                Invariant(
                    $"{name} takes a whole number from {least} {(most == int.MaxValue ? "on" : Invariant($"to {most}"))}, not '{value}'."
                )
            );

    private static T? Read<T>(ArgumentResult result, Func<string, T> read)
    {
        try
        {
            return read(result.Tokens[0].Value);
        }
        catch (ArgumentException e)
        {
            result.AddError(e.Message);
            return default;
        }
    }
}
