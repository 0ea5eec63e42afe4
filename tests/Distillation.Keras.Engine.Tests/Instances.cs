using System.Reflection;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests;

/// <summary>The public classes and functions of the engine, found by reflection, and an object of each.</summary>
internal static class Instances
{
    /// <summary>The layers; an input computes nothing, and a model is made of layers.</summary>
    public static Type[] Layers => [.. Of<Layer>().Where(t => t != typeof(Input))];

    /// <summary>The functions whose first argument is a tensor.</summary>
    public static MethodInfo[] Functions =>
        [
            .. new[] { typeof(Activations), typeof(LossFunctions), typeof(MetricFunctions) }
                .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static))
                .Where(m => !m.IsSpecialName && m.GetParameters()[0].ParameterType == typeof(Tensor)),
        ];

    /// <summary>The classes of a kind that can be made, models excepted.</summary>
    public static Type[] Of<T>() =>
        [
            .. typeof(Layer)
                .Assembly.GetExportedTypes()
                .Where(t =>
                    t.IsAssignableTo(typeof(T)) && !t.IsAbstract && !t.IsAssignableTo(typeof(Model)) && t.GetConstructors().Length > 0
                ),
        ];

    /// <summary>An object, with what is optional as it is, and small values for the rest.</summary>
    public static object Made(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors().OrderBy(c => c.GetParameters().Count(p => !p.HasDefaultValue)).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(Argument)]);
    }

    /// <summary>A value for a parameter: its default, or a small one.</summary>
    public static object? Argument(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        Type declaring = parameter.Member.DeclaringType!;
        return parameter.Name switch
        {
            // Optional for Keras' messages alone.
            "num_tokens" => 4,
            "bin_boundaries" => new[] { 0.25, 0.5 },
            "vocabulary" when declaring == typeof(StringLookup) => (StringVocabulary)new[] { "a", "b" },
            "vocabulary" when declaring == typeof(IntegerLookup) => (IntegerVocabulary)new long[] { 1, 2 },
            _ when type == typeof(IEnumerable<Layer>) && !parameter.HasDefaultValue => new Layer[] { new Rescaling(0.5) },
            _ when !parameter.HasDefaultValue => Needed(parameter),
            _ when parameter.DefaultValue is DBNull => Activator.CreateInstance(type),
            _ when parameter.DefaultValue is null && type.IsValueType && Nullable.GetUnderlyingType(type) is null =>
                Activator.CreateInstance(type),
            _ => parameter.DefaultValue,
        };
    }

    private static object Needed(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        Type declaring = parameter.Member.DeclaringType!;
        return type switch
        {
            _ when type == typeof(Factor) => (Factor)(declaring == typeof(RandomPosterization) ? 4 : 0.5),
            _ when type == typeof(int) => 2,
            _ when type == typeof(double) => 0.5,
            _ when type == typeof(string) => parameter.Name switch
            {
                "filepath" => "model.keras",
                "equation" => "...b,bc->...c",
                _ => "relu",
            },
            _ when type == typeof(int[]) => new[] { 0, 1 },
            _ when declaring == typeof(Permute) => Converted(type, new[] { 2, 1 })!,
            _ when type == typeof(Layer) => new Dense(3),
            _ when type == typeof(RNN) => new SimpleRNN(3),
            _ when type == typeof(RNNCell) => new SimpleRNNCell(3),
            _ when type == typeof(IEnumerable<RNNCell>) => new RNNCell[] { new SimpleRNNCell(3) },
            _ when type == typeof(Optimizer) => new SGD(0.1),
            _ when type == typeof(Tensor) => ones(2, 3, device: CPU),
            _ when type == typeof(Func<Tensor, Tensor>) => (Func<Tensor, Tensor>)(x => x.sub(ones(2, 3, device: x.device))),
            _ when type == typeof(Func<Tensor, Tensor, Tensor>) => (Func<Tensor, Tensor, Tensor>)((y, p) => p.sub(y).abs().mean([-1])),
            _ => Converted(type, 0.5)
                ?? Converted(type, 2)
                ?? Converted(type, "relu")
                ?? Converted(type, new[] { 2, 3 })
                ?? throw new NotSupportedException($"{declaring}: add a value for {parameter}."),
        };
    }

    private static object? Converted(Type type, object value) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .FirstOrDefault(m => m.Name == "op_Implicit" && m.ReturnType == type && m.GetParameters()[0].ParameterType == value.GetType())
            ?.Invoke(null, [value]);
}
