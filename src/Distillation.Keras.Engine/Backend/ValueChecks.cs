using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Refuses values that are not finite, or that the type they are cast to cannot hold, before the cast hides it.</summary>
internal static class ValueChecks
{
    /// <summary>
    /// Refuses values that become others by a cast: NaN and infinities, numbers beyond the type's range, and fractions where it holds whole
    /// numbers.
    /// </summary>
    /// <param name="values">Real numbers.</param>
    /// <param name="type">What they are cast to.</param>
    /// <param name="argument">The argument that they were given as.</param>
    /// <param name="holder">What takes them, at the beginning of a sentence: "The input 'a' of 'b' takes".</param>
    /// <param name="remedy">What to do about them.</param>
    /// <exception cref="ArgumentException">There are such values; the message says which.</exception>
    public static void Fit(
        Tensor values,
        ScalarType type,
        string argument,
        string holder,
        string remedy = "Scale or round them, or make the Input of another dtype."
    )
    {
        bool floating = values.is_floating_point();
        bool toFloating = type.IsFloating();

        // Of the types of floating-point numbers float16 alone does not reach as far as integers do.
        if (
            values.numel() == 0
            || values.dtype == ScalarType.Bool
            || (!floating && ((toFloating && type != ScalarType.Float16) || values.dtype == type))
        )
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor given = values.detach();
        (double least, double most) = Range(given);
        if (floating && !(double.IsFinite(least) && double.IsFinite(most)))
        {
            RefuseNonFinite(given, argument);
        }

        if (toFloating)
        {
            RefuseBeyond(given.dtype, type, least, most, argument);
            return;
        }

        (string name, double from, double to) = Integers(type);
        if (least < from || most > to)
        {
            throw new ArgumentException(
                $"{holder} {name}, whole numbers from {Text(from)} to {Text(to)}, but {argument} holds values from {Text(least)} to "
                    + $"{Text(most)}. {remedy}",
                argument
            );
        }

        // Comparing in parts keeps the copies small.
        const long Part = 1 << 22;
        Tensor flat = floating ? given.reshape(-1) : given;
        for (long start = 0; floating && start < flat.numel(); start += Part)
        {
            using DisposeScope part = NewDisposeScope();
            Tensor some = flat.narrow(0, start, Math.Min(Part, flat.numel() - start));
            Tensor fractions = some.floor().ne(some);
            if (fractions.any().item<bool>())
            {
                double example = some.masked_select(fractions).narrow(0, 0, 1).to(ScalarType.Float64).item<double>();
                throw new ArgumentException(
                    $"{holder} {name}, whole numbers, but {argument} holds fractions such as {Text(example)}, which would be cut "
                        + $"off. {remedy}",
                    argument
                );
            }
        }
    }

    /// <summary>Values as float32: float64 beyond its range is refused.</summary>
    /// <exception cref="ArgumentException">There are finite values that float32 cannot hold.</exception>
    public static Tensor ToFloat32(Tensor values, string argument)
    {
        Beyond(values, ScalarType.Float32, argument);
        return values.to(ScalarType.Float32);
    }

    /// <summary>
    /// Refuses numbers beyond the range of a narrower type that they are cast to, but not what is infinite or NaN as it stands.
    /// </summary>
    /// <returns>Whether the type is a narrower one.</returns>
    /// <exception cref="ArgumentException">There are finite values that it cannot hold.</exception>
    public static bool Beyond(Tensor values, ScalarType type, string argument)
    {
        ScalarType from = values.dtype;
        if (!from.IsFloating() || !type.IsFloating() || from.Largest() <= type.Largest())
        {
            return false;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor given = values.detach();
        Tensor finite = given.isfinite();
        if (given.to(type).isfinite().ne(finite).any().item<bool>())
        {
            (double least, double most) = Range(given.masked_select(finite));
            RefuseBeyond(from, type, least, most, argument);
        }

        return true;
    }

    /// <summary>Refuses NaN and infinities.</summary>
    /// <exception cref="ArgumentException">There are some; the message says how many.</exception>
    public static void Finite(Tensor values, string argument)
    {
        if (!values.is_floating_point() || values.numel() == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        (double least, double most) = Range(values.detach());
        if (!(double.IsFinite(least) && double.IsFinite(most)))
        {
            RefuseNonFinite(values.detach(), argument);
        }
    }

    // One pass without temporaries. NaN and infinities come through.
    private static (double Least, double Most) Range(Tensor values)
    {
        (Tensor min, Tensor max) = values.aminmax();
        return (min.to(ScalarType.Float64).item<double>(), max.to(ScalarType.Float64).item<double>());
    }

    private static void RefuseNonFinite(Tensor values, string argument)
    {
        long bad = values.isfinite().logical_not().sum().item<long>();
        throw new ArgumentException(
            Invariant(
                $"Data holds finite numbers, but {bad} of the {values.numel()} values of {argument} are NaN or infinite. Remove or "
                    + $"replace them."
            ),
            argument
        );
    }

    private static void RefuseBeyond(ScalarType given, ScalarType type, double least, double most, string argument)
    {
        if (!(type.Holds(least) && type.Holds(most)))
        {
            throw new ArgumentException(
                $"{DTypes.NameOf(given)} is used as {DTypes.NameOf(type)}, which holds numbers up to {Text(type.Largest())} in size, but "
                    + $"{argument} holds values from {Text(least)} to {Text(most)}. "
                    + $"Scale them, or compute in {(type == ScalarType.Float32 ? "float64" : "float32")}.",
                argument
            );
        }
    }

    private static (string Name, double From, double To) Integers(ScalarType type) =>
        type switch
        {
            ScalarType.Byte => ("uint8", byte.MinValue, byte.MaxValue),
            ScalarType.Bool => ("bool", 0, 1),
            ScalarType.Int8 => ("int8", sbyte.MinValue, sbyte.MaxValue),
            ScalarType.Int16 => ("int16", short.MinValue, short.MaxValue),
            ScalarType.Int32 => ("int32", int.MinValue, int.MaxValue),

            // The greatest float64 below 2^63, as 2^63 itself is one too many.
            _ => ("int64", long.MinValue, Math.BitDecrement(Math.Pow(2, 63))),
        };

    private static string Text(double value) => value.ToString("G9", CultureInfo.InvariantCulture);
}
