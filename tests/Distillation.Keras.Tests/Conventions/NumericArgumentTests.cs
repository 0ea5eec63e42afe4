using System.Globalization;
using System.Reflection;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>
/// Every number that a constructor takes has a range that the constructor checks. A new argument has none in
/// <see cref="NumericArguments"/>, and fails here until its range is written down, and then until it is checked.
/// </summary>
public sealed class NumericArgumentTests
{
    private static IEnumerable<TestCaseData> Arguments() =>
        NumericArguments.All.Select(p =>
            new TestCaseData(p).SetArgDisplayNames($"{p.Member.DeclaringType!.Name}({p.Name}: {p.ParameterType.Name})")
        );

    [TestCaseSource(nameof(Arguments))]
    public void A_number_is_accepted_in_its_range_and_refused_by_name_outside_of_it(ParameterInfo argument)
    {
        NumberRange range =
            NumericArguments.RangeOf(argument)
            ?? throw new AssertionException(
                $"No range is known for '{argument.Name}' of {argument.Member.DeclaringType!.Name}. Check it in the constructor, and "
                    + $"write its range into {nameof(NumericArguments)}."
            );
        var wrong = new List<string>();
        foreach (double value in range.Probes(NumericArguments.IsWhole(argument.ParameterType)))
        {
            string shown = value.ToString("R", CultureInfo.InvariantCulture);
            Exception? refusal = Try(argument, value);
            if (range.Contains(value) && refusal is not null)
            {
                wrong.Add($"{shown} is in {range}, but was refused: {refusal.GetType().Name}: {refusal.Message}");
            }
            else if (!range.Contains(value) && refusal is null)
            {
                wrong.Add($"{shown} is not in {range}, but was accepted");
            }
            else if (refusal is not null and not ArgumentException)
            {
                wrong.Add($"{shown} ended in {refusal.GetType().Name}: {refusal.Message}");
            }
            else if (
                refusal is ArgumentException
                && IsPlain(argument)
                && !refusal.Message.Contains(argument.Name!, StringComparison.Ordinal)
            )
            {
                wrong.Add($"{shown} was refused without the name '{argument.Name}': {refusal.Message}");
            }
        }

        Assert.That(wrong, Is.Empty, string.Join(Environment.NewLine, wrong));
    }

    [Test]
    public void All_kinds_of_classes_are_looked_at() =>
        Assert.That(
            NumericArguments.All.Select(p => p.Member.DeclaringType!.Name),
            Is.SupersetOf(
                new[]
                {
                    "BatchNormalization",
                    "Adam",
                    "Huber",
                    "AUC",
                    "SoftTargets",
                    "CosineDecay",
                    "LinearSchedule",
                    "EarlyStopping",
                    "RandomNormal",
                    "L1L2",
                    "MaxNorm",
                }
            )
        );

    // A class that wraps a number checks it under a name of its own.
    private static bool IsPlain(ParameterInfo argument) =>
        (Nullable.GetUnderlyingType(argument.ParameterType) ?? argument.ParameterType).IsPrimitive;

    private static Exception? Try(ParameterInfo tried, double value)
    {
        var constructor = (ConstructorInfo)tried.Member;
        try
        {
            object?[] arguments = Array.ConvertAll(constructor.GetParameters(), p => p == tried ? Given(p, value) : Other(p, tried, value));
            constructor.Invoke(arguments);
            return null;
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException;
        }
        catch (ArgumentException e)
        {
            return e;
        }
    }

    private static object Given(ParameterInfo tried, double value) =>
        tried.Name switch
        {
            "values"
                when tried.ParameterType != typeof(int[])
                    && tried.Member.DeclaringType!.Name is "PiecewiseConstantDecay" or "PiecewiseSchedule" => new[] { value, value },
            _ => NumericArguments.Number(tried.ParameterType, value)!(),
        };

    // What goes with the argument that is tried, so that it alone decides.
    private static object? Other(ParameterInfo parameter, ParameterInfo tried, double value) =>
        (parameter.Name, tried.Name) switch
        {
            ("minval", "maxval") => (double)-float.MaxValue,
            ("maxval", "minval") => (double)float.MaxValue,
            ("min_value", "max_value") => (double)-float.MaxValue,
            ("max_value", "min_value") => double.PositiveInfinity,
            ("filters", "groups") => (int)Math.Max(1, value),
            ("multi_label", "num_labels") => true,
            ("lora_rank", "lora_alpha") => 2,
            ("strides", "output_padding") => new Size(int.MaxValue),
            ("num_bins", "epsilon") => 2,
            ("low", "high") => (double)-float.MaxValue,
            ("high", "low") => (double)float.MaxValue,
            ("oov_token", "mask_token") => 5L,
            ("output_mode", "idf_weights") => "tf_idf",
            ("vocabulary", "idf_weights") => parameter.ParameterType == typeof(StringVocabulary)
                ? (StringVocabulary)(string[])["word"]
                : (IntegerVocabulary)(long[])[3],
            ("num_classes", "target_class_ids") => 2,
            ("target_class_ids", _) => (int[])[0],
            ("epsilon", "initialVariance") => 1e-5,
            ("initialVariance", "epsilon") => (double)float.MaxValue,
            _ => parameter.HasDefaultValue ? parameter.DefaultValue : NumericArguments.Needed(parameter),
        };
}
