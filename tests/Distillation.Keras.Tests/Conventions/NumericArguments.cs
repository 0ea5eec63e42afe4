using System.Reflection;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Measures;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Schedules;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>The numeric arguments of all constructors, and the range that each has.</summary>
internal static class NumericArguments
{
    /// <summary>Records of results, which nobody but the library makes from numbers of its own.</summary>
    private static readonly HashSet<string> Results =
    [
        nameof(FitParameters),
        nameof(ReliabilityBin),
        nameof(ClassifierScore),
        nameof(RegressionScore),
        nameof(ObjectiveShapes),
        nameof(FeatureShapes),
    ];

    /// <summary>The range of an argument, or <see langword="null"/> where none was written down.</summary>
    public static NumberRange? RangeOf(ParameterInfo parameter) =>
        NumericRanges.All.GetValueOrDefault($"{parameter.Member.DeclaringType!.Name}.{parameter.Name}")
        ?? NumericRanges.All.GetValueOrDefault(parameter.Name!);

    /// <summary>Every numeric argument of every public constructor of both libraries.</summary>
    public static IEnumerable<ParameterInfo> All { get; } =
    [
        .. new[] { typeof(Model).Assembly, typeof(Distiller).Assembly }
            .SelectMany(a => a.GetExportedTypes())
            .Where(t => t is { IsClass: true, IsAbstract: false } && !Results.Contains(t.Name))
            .OrderBy(t => t.FullName, StringComparer.Ordinal)
            .SelectMany(t => t.GetConstructors())
            .SelectMany(c => c.GetParameters())
            .Where(p => Number(p.ParameterType, 1) is not null),
    ];

    /// <summary>Whether it holds whole numbers.</summary>
    public static bool IsWhole(Type type) => Number(type, 0.5) is null;

    /// <summary>
    /// A number as an argument of a type that holds numbers; <see langword="null"/> for another type, and for a fraction where whole
    /// numbers are held.
    /// </summary>
    public static Func<object>? Number(Type type, double value)
    {
        Type t = Nullable.GetUnderlyingType(type) ?? type;
        bool whole = double.IsInteger(value) && value is >= int.MinValue and <= int.MaxValue;
        return t switch
        {
            _ when t == typeof(double) => () => value,
            _ when t == typeof(double[]) || t == typeof(IEnumerable<double>) || t == typeof(IReadOnlyList<double>) => () => new[] { value },
            _ when t == typeof(Scaling) => () => new Scaling(value),
            _ when t == typeof(FocalAlpha) => () => new FocalAlpha(value),
            _ when t == typeof(LearningRate) => () => (LearningRate)value,
            _ when t == typeof(Schedule) => () => new ConstantSchedule(value),
            _ when !whole => null,
            _ when t == typeof(int) => () => (int)value,
            _ when t == typeof(long) => () => (long)value,
            _ when t == typeof(int[]) => () => new[] { (int)value },
            _ when t == typeof(Size) => () => new Size((int)value),
            _ when t == typeof(Shape) => () => new Shape((int)value),
            _ when t == typeof(Axes) => () => new Axes((int)value),
            _ when t == typeof(TargetShape) => () => new TargetShape((int)value),
            _ when t == typeof(Padding1D) => () => (Padding1D)(int)value,
            _ when t == typeof(Padding2D) => () => (Padding2D)(int)value,
            _ when t == typeof(Padding3D) => () => (Padding3D)(int)value,
            _ => null,
        };
    }

    /// <summary>Something that fits where an argument is needed that is not tried.</summary>
    public static object? Needed(ParameterInfo parameter)
    {
        Type t = parameter.ParameterType;
        return t switch
        {
            _ when parameter.Name == "boundaries" => new[] { 5.0 },
            _ when parameter.Name == "values" && t != typeof(int[]) => new[] { 1.0, 2.0 },
            _ when Number(t, 1) is { } number => number(),
            _ when t == typeof(Optimizer) => new SGD(),
            _ when t == typeof(Factor) => (Factor)1.0,
            _ when parameter.Name == "filepath" => "model.keras",
            _ when parameter.Name == "equation" => "ab,bc->ac",
            _ when t == typeof(string) => "a name",
            _ when t == typeof(Layer) => new Dense(2),
            _ when t == typeof(LayerReference) => new LayerReference("layer"),
            _ when t == typeof(IReadOnlyList<FeaturePair>) => new[] { new FeaturePair("a", "b") },
            _ when t.IsEnum => Enum.GetValues(t).GetValue(0),
            _ when t == typeof(Func<int, double, double>) => (Func<int, double, double>)((_, rate) => rate),
            _ when t == typeof(Func<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>) => (Func<
                TorchSharp.torch.Tensor,
                TorchSharp.torch.Tensor
            >)(x => x),
            _ => throw new InvalidOperationException(
                $"The constructor of {parameter.Member.DeclaringType!.Name} needs '{parameter.Name}' of type {t.Name}, for which "
                    + $"{nameof(NumericArguments)} has no value. Add one."
            ),
        };
    }
}
