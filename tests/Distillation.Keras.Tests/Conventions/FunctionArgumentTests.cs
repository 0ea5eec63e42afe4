using System.Globalization;
using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>
/// The numbers that losses, metrics and activations take as functions have the same kind of ranges as those of the classes.
/// </summary>
public sealed class FunctionArgumentTests
{
    // By function and argument; otherwise those of the constructors.
    private static readonly Dictionary<string, NumberRange> Ranges = new(StringComparer.Ordinal)
    {
        ["Relu.negative_slope"] = NumberRange.Finite,
        ["Relu.threshold"] = NumberRange.Finite,
        ["Relu.max_value"] = new(-float.MaxValue, double.PositiveInfinity),
        ["LeakyRelu.negative_slope"] = NumberRange.Finite,
        ["Elu.alpha"] = NumberRange.Finite,
        ["Threshold.threshold"] = NumberRange.Finite,
        ["Threshold.default_value"] = NumberRange.Finite,
        ["Squareplus.b"] = NumberRange.NotNegative,
        ["HardShrink.threshold"] = NumberRange.NotNegative,
        ["SoftShrink.threshold"] = NumberRange.NotNegative,
        ["BinaryAccuracy.threshold"] = NumberRange.Finite,
        ["BinaryFocalCrossentropy.alpha"] = NumberRange.Fraction,
        ["Circle.gamma"] = NumberRange.Finite,
        ["Circle.margin"] = NumberRange.Finite,
        ["CategoricalGeneralizedCrossEntropy.q"] = new(0, 1, LeastIncluded: false, MostIncluded: false),
    };

    private static IEnumerable<TestCaseData> Arguments() =>
        new[] { typeof(Activations), typeof(LossFunctions), typeof(MetricFunctions) }
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(m => m.ReturnType == typeof(Tensor))
            .SelectMany(m => m.GetParameters())
            .Where(p => (Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType) == typeof(double))
            .Where(p => p.Member.Name != "Celu")
            .Select(p => new TestCaseData(p).SetArgDisplayNames($"{p.Member.Name}({p.Name})"));

    [TestCaseSource(nameof(Arguments))]
    public void A_number_is_accepted_in_its_range_and_refused_by_name_outside_of_it(ParameterInfo argument)
    {
        NumberRange range =
            Ranges.GetValueOrDefault($"{argument.Member.Name}.{argument.Name}")
            ?? NumericArguments.RangeOf(argument)
            ?? throw new AssertionException(
                $"No range is known for '{argument.Name}' of {argument.Member.Name}. Check it in the function, and write its "
                    + "range down here."
            );
        var wrong = new List<string>();
        foreach (double value in range.Probes(whole: false))
        {
            Exception? refusal = Try(argument, value);
            bool fits = range.Contains(value)
                ? refusal is null
                : refusal is ArgumentException && refusal.Message.Contains(argument.Name!, StringComparison.Ordinal);
            if (!fits)
            {
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{value:R}, range {range}: {refusal?.Message ?? "accepted"}"));
            }
        }

        Assert.That(wrong, Is.Empty, string.Join(Environment.NewLine, wrong));
    }

    [TestCase(0.0)]
    [TestCase(double.NaN)]
    [TestCase(double.NegativeInfinity)]
    [TestCase(1e300)]
    public void Celu_takes_every_finite_number_but_0(double alpha)
    {
        using Tensor x = ones(3);
        Assert.That(() => Activations.Celu(x, alpha), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("alpha"));
        using Tensor y = Activations.Celu(x, -1e-3);
        Assert.That(y.shape, Is.EqualTo(new long[] { 3 }));
    }

    private static Exception? Try(ParameterInfo tried, double value)
    {
        var function = (MethodInfo)tried.Member;
        using DisposeScope scope = NewDisposeScope();
        object?[] arguments = Array.ConvertAll(
            function.GetParameters(),
            p =>
                p switch
                {
                    _ when p == tried => value,
                    { Name: "x" } or { Name: "y_pred" } => rand(2, 3),
                    { Name: "y_true" } => function.Name
                        is nameof(LossFunctions.CategoricalGeneralizedCrossEntropy)
                            or nameof(LossFunctions.Circle)
                        ? tensor(new long[] { 0, 1 })
                        : eye(2, 3),
                    { Name: "apply_class_balancing" } => true,
                    { HasDefaultValue: true } => p.DefaultValue,
                    _ => (object)0.5,
                }
        );
        try
        {
            function.Invoke(null, arguments);
            return null;
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException;
        }
    }
}
