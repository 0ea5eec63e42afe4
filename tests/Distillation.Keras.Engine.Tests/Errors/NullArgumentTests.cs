using System.Reflection;
using System.Runtime.CompilerServices;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Errors;

/// <summary>
/// Null where something is needed is refused by the name of the public parameter. Classes, methods and parameters are found by reflection.
/// </summary>
public sealed class NullArgumentTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static Type[] Types =>
        [
            .. typeof(Layer)
                .Assembly.GetExportedTypes()
                .Where(t =>
                    t is { IsInterface: false, IsEnum: false, IsGenericTypeDefinition: false }
                    && Methods(t).Any(m => m.GetParameters().Any(IsNeeded))
                ),
        ];

    [TestCaseSource(nameof(Types))]
    public void Null_is_refused_by_name(Type type)
    {
        using DisposeScope scope = NewDisposeScope();
        using (Assert.EnterMultipleScope())
        {
            foreach (MethodBase method in Methods(type))
            {
                foreach (ParameterInfo parameter in method.GetParameters().Where(IsNeeded))
                {
                    Assert.That(Refusal(type, method, parameter), Is.Null, $"{type.Name}.{method.Name}, with null as {parameter.Name}");
                }
            }
        }
    }

    [Test]
    public void The_classes_are_found() =>
        Assert.That(
            Types,
            Has.Length.GreaterThan(120)
                .And.Member(typeof(Utils))
                .And.Member(typeof(IdxFile))
                .And.Member(typeof(DataSource))
                .And.Member(typeof(PiecewiseConstantDecay))
        );

    // Null where it is as it should be, else what happened.
    private static string? Refusal(Type type, MethodBase method, ParameterInfo parameter)
    {
        object?[] arguments = [.. method.GetParameters().Select(p => p.Position == parameter.Position ? null : Value(p))];
        try
        {
            if (method is ConstructorInfo constructor)
            {
                constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
            }
            else
            {
                method.Invoke(method.IsStatic ? null : Made(type), BindingFlags.DoNotWrapExceptions, null, arguments, null);
            }

            // Keras' None: the automatic name, and no reduction.
            return parameter is { HasDefaultValue: true, Name: "name" or "reduction" } ? null : "it was accepted";
        }
        catch (ArgumentException e) when (e.ParamName == parameter.Name)
        {
            return null;
        }
        catch (NotSupportedException)
        {
            return null;
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}\n{e.StackTrace}";
        }
    }

    // What callbacks are told comes from the loop. Spans cannot be given by reflection; F#'s overloads are the same methods without them.
    private static IEnumerable<MethodBase> Methods(Type type) =>
        (type.IsAbstract ? [] : type.GetConstructors().Cast<MethodBase>())
            .Concat(
                type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                    .Where(m =>
                        m is { IsAbstract: false, IsGenericMethodDefinition: false }
                        && (!m.IsSpecialName || m.Name.StartsWith("set_", StringComparison.Ordinal))
                        && m.Name != nameof(Equals)
                        && !(type.IsAssignableTo(typeof(Callback)) && m.Name.StartsWith("On", StringComparison.Ordinal))
                    )
            )
            .Where(m => !Array.Exists(m.GetParameters(), p => p.ParameterType.IsByRefLike));

    private static bool IsNeeded(ParameterInfo parameter) =>
        parameter is { IsOut: false, ParameterType: { IsValueType: false, IsByRef: false } }
        && Nullability.Create(parameter).WriteState == NullabilityState.NotNull;

    private static object? Value(ParameterInfo parameter) =>
        !parameter.HasDefaultValue
            ? parameter.Name switch
            {
                "boundaries" => new[] { 1.0 },
                "filepath" => "model.keras",
                _ => Value(parameter.ParameterType),
            }
            : parameter.DefaultValue ?? (parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null);

    private static object? Value(Type type) =>
        type == typeof(string) ? "relu"
        : type == typeof(int) ? 1
        : type == typeof(double) ? 0.5
        : type == typeof(double[]) ? new[] { 0.5, 0.25 }
        : type == typeof(Tensor) ? ones(2, 3)
        : type == typeof(Optimizer) ? new SGD(0.1)
        : type == typeof(Keras.Metrics.Metric) ? new Keras.Metrics.MeanSquaredError()
        // Of a string they would be the file of that name.
        : type == typeof(StringVocabulary) ? (StringVocabulary)new[] { "a" }
        : type == typeof(IntegerVocabulary) ? (IntegerVocabulary)new[] { 1L }
        : type == typeof(System.Collections.IEnumerable) ? new[] { new[] { 1, 2 } }
        : type == typeof(NDArray)
            ? np.array(
                new float[,]
                {
                    { 1, 2, 3 },
                    { 4, 5, 6 },
                }
            )
        : type.IsValueType ? Activator.CreateInstance(type)
        : type.IsArray ? Array.CreateInstance(type.GetElementType()!, new int[type.GetArrayRank()])
        : type is { IsInterface: true, IsGenericType: true } && type.GetGenericArguments() is [Type element]
            ? Array.CreateInstance(element, 0)
        : type == typeof(Func<Tensor, Tensor, Tensor>) ? (Func<Tensor, Tensor, Tensor>)((y, p) => p.sub(y))
        : type.IsAssignableTo(typeof(Delegate)) ? null
        : Converted(type, 0.5) ?? Converted(type, 2) ?? Converted(type, "relu") ?? Converted(type, new float[2, 3]) ?? Made(type);

    private static object? Converted(Type type, object value) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .FirstOrDefault(m => m.Name == "op_Implicit" && m.ReturnType == type && m.GetParameters()[0].ParameterType == value.GetType())
            ?.Invoke(null, [value]);

    // Without a constructor's work: arguments are looked at before the object is.
    private static object? Made(Type type) =>
        Array.Find(
            [type, .. typeof(Layer).Assembly.GetExportedTypes()],
            t =>
                t is { IsAbstract: false, IsClass: true, IsGenericTypeDefinition: false }
                && t.Assembly == typeof(Layer).Assembly
                && t.IsAssignableTo(type)
        )
            is Type concrete
            ? concrete.GetConstructor([]) is ConstructorInfo constructor
                ? constructor.Invoke([])
                : RuntimeHelpers.GetUninitializedObject(concrete)
            : null;
}
