using System.Collections;
using System.Reflection;
using Distillation.Keras.Layers;
using Distillation.Keras.Notebook;
using Distillation.Keras.Objectives;
using Distillation.Keras.Schedules;
using Distillation.Keras.Teachers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Errors;

/// <summary>
/// Whatever the public members of the library are given, they answer in its words, and name their own parameters. The members are found by
/// reflection.
/// </summary>
public sealed class PublicEdgeTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static Type[] Types => [.. typeof(Distiller).Assembly.GetExportedTypes().Where(t => !t.IsEnum && !t.IsGenericTypeDefinition)];

    private static MethodBase[] Members =>
        [
            .. Types.Where(t => !t.IsAbstract).SelectMany(t => t.GetConstructors()),
            .. Types
                .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
                .Where(m => !m.IsGenericMethod && !m.Name.Contains("Equality", StringComparison.Ordinal)),
            .. Types
                .Where(CanBeMade)
                .SelectMany(t =>
                    t.GetMethods(BindingFlags.Public | BindingFlags.Instance)
                        .Where(m => m.DeclaringType!.Assembly == t.Assembly && m.GetBaseDefinition().DeclaringType != typeof(object))
                )
                .Where(m =>
                    !m.IsGenericMethod
                    && !m.Name.StartsWith('<')
                    && !m.Name.StartsWith("get_", StringComparison.Ordinal)
                    && !m.Name.StartsWith("set_", StringComparison.Ordinal)
                    && m.Name != "Release"
                )
                .Distinct(),
        ];

    private static IEnumerable<TestCaseData> Cases =>
        Members
            .Where(m =>
                m.GetParameters().Any(p => !p.ParameterType.IsValueType)
                && !m.GetParameters().Any(p => p.ParameterType.IsByRef || p.ParameterType.IsByRefLike)
            )
            .DistinctBy(Name)
            .Select(m => new TestCaseData(m).SetArgDisplayNames(Name(m)));

    // Shapes, types and states, each once; "plain" ones come first.
    private static Tensor[] Tensors()
    {
        Tensor disposed = ones(2, 2);
        disposed.Dispose();
        return
        [
            ones(2, 2),
            full(2, 2, 0.5f),
            ones(2, 4),
            ones(2),
            ones(3, 2),
            ones(2, 3, 4),
            tensor(1f),
            zeros(0),
            zeros(0, 2),
            zeros(2, 0),
            ones(2, 1),
            ones(2, 2, int64),
            ones(2, int64).neg(),
            ones(2, 2, @bool),
            ones(2, 2, float64),
            ones(2, 2, float16),
            ones(2, 2, complex64),
            full(2, 2, float.NaN),
            full(2, 2, 1e300, float64),
            ones(2, 2).to_sparse(),
            disposed,
        ];
    }

    // CheckInputs speaks for a fit, whose x its inputs are.
    [TestCaseSource(nameof(Cases))]
    public void A_public_member(MethodBase member)
    {
        ParameterInfo[] parameters = member.GetParameters();
        string[] names =
        [
            .. parameters.Select(p => p.Name!),
            .. member is MethodInfo ? ArgumentsOf(member.DeclaringType!) : [],
            .. member.Name == nameof(Teacher.CheckInputs) ? ["x"] : Array.Empty<string>(),
        ];
        for (int i = 0; i < parameters.Length; i++)
        {
            if (!parameters[i].ParameterType.IsValueType)
            {
                Answer(member, [.. Good(parameters, i, null)], $"{parameters[i].Name} null", names);
            }
        }

        int signals = Array.FindIndex(parameters, p => p.ParameterType == typeof(ObjectiveSignals));
        foreach (Tensor tensor in signals < 0 ? [] : Tensors())
        {
            foreach ((string name, Func<ObjectiveSignals> make) in SignalsWith(tensor))
            {
                Answer(member, () => Good(parameters, signals, make()), $"{name} {Text(tensor)}", names);
            }
        }

        int[] arrays = [.. Enumerable.Range(0, parameters.Length).Where(i => IsArray(parameters[i].ParameterType))];
        bool isCheap = member.Name is not "Fit";
        foreach (int first in arrays)
        {
            foreach (Tensor a in Tensors())
            {
                string what = $"{parameters[first].Name} {Text(a)}";
                Answer(member, () => With(Good(parameters, first, null), parameters, (first, a)), what, names);
                foreach (int second in isCheap ? arrays.Where(i => i > first) : [])
                {
                    foreach (Tensor b in Tensors())
                    {
                        Answer(
                            member,
                            () => With(Good(parameters, first, null), parameters, (first, a), (second, b)),
                            $"{what} and {parameters[second].Name} {Text(b)}",
                            names
                        );
                    }
                }
            }
        }
    }

    // One signal that does not fit the others, or all of one kind.
    private static IEnumerable<(string Name, Func<ObjectiveSignals> Make)> SignalsWith(Tensor t) =>
        [
            ("StudentLogits", () => Signals() with { StudentLogits = t }),
            ("TeacherLogits", () => Signals() with { TeacherLogits = t }),
            ("both logits", () => Signals() with { StudentLogits = t, TeacherLogits = t }),
            ("Labels", () => Signals() with { Labels = t }),
            ("SampleIndices", () => Signals() with { SampleIndices = t }),
            ("Temperature", () => Signals() with { Temperature = t }),
            ("StudentFeatures", () => Signals() with { StudentFeatures = [t, t, t] }),
            ("TeacherFeatures", () => Signals() with { TeacherFeatures = [t, t, t] }),
            ("all features", () => Signals() with { StudentFeatures = [t, t, t], TeacherFeatures = [t, t, t] }),
        ];

    private static object?[] With(object?[] arguments, ParameterInfo[] parameters, params (int Place, Tensor Given)[] given)
    {
        foreach ((int place, Tensor tensor) in given)
        {
            arguments[place] = As(parameters[place].ParameterType, tensor);
        }

        return arguments;
    }

    private static bool IsArray(Type type) =>
        type == typeof(Tensor) || type == typeof(ArrayLike) || type == typeof(NDArray) || type == typeof(IReadOnlyList<Tensor>);

    private static object? As(Type type, Tensor tensor) =>
        type == typeof(ArrayLike) ? (ArrayLike)tensor
        : type == typeof(NDArray)
            ? (
                tensor.IsInvalid
                || tensor.is_sparse
                || tensor.numel() == 0
                || tensor.dtype is ScalarType.ComplexFloat32 or ScalarType.Float16
                    ? np.zeros(new NumSharp.Shape(0, 4))
                    : np.array(tensor.to(ScalarType.Float32).data<float>().ToArray()).reshape([.. tensor.shape.Select(s => (int)s)])
            )
        : type == typeof(IReadOnlyList<Tensor>) ? new[] { tensor }
        : tensor;

    private static object?[] Good(ParameterInfo[] parameters, int place, object? value) =>
        [.. parameters.Select((p, i) => i == place ? value : Argument(p))];

    private static void Answer(MethodBase member, Func<object?[]> arguments, string what, string[] parameters)
    {
        object?[] made;
        try
        {
            made = arguments();
        }
        catch (ArgumentException)
        {
            // Refused by the conversion.
            return;
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        Answer(member, made, what, parameters);
    }

    // Any answer in the library's words will do: what is refused is for other tests.
    private static void Answer(MethodBase member, object?[] arguments, string what, string[] parameters)
    {
        using DisposeScope scope = NewDisposeScope();
        object? on = member is MethodInfo { IsStatic: false } ? Made(member.ReflectedType!) : null;
        try
        {
            object? result = member is ConstructorInfo constructor
                ? constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null)
                : member.Invoke(on, BindingFlags.DoNotWrapExceptions, null, arguments, null);
            if (result is IEnumerable and not string)
            {
                _ = ((IEnumerable)result).Cast<object>().ToList();
            }
        }
        catch (Exception e)
        {
            bool isDocumented =
                e
                is ArgumentException
                    or InvalidOperationException
                    or NotSupportedException
                    or ArithmeticException
                    or InsufficientMemoryException
                    or FileNotFoundException;
            bool isOwn = OwnWords.Has(e);
            bool namesOwn = e is not ArgumentException { ParamName: string name } || parameters.Contains(name);
            if (!isDocumented || !isOwn || !namesOwn)
            {
                Assert.Fail(
                    $"{Name(member)} {what}: {e.GetType().Name} ({(e as ArgumentException)?.ParamName}, {e.Source}): "
                        + $"{e.Message}\n{e.StackTrace}"
                );
            }
        }
    }

    private static string Name(MethodBase member) =>
        $"{member.ReflectedType!.Name}.{(member is ConstructorInfo ? "new" : member.Name)}("
        + $"{string.Join(", ", member.GetParameters().Select(p => $"{p.ParameterType.Name} {p.Name}"))})";

    // What the user gave to the object before.
    private static IEnumerable<string> ArgumentsOf(Type type) =>
        type.GetConstructors().SelectMany(c => c.GetParameters()).Select(p => p.Name!);

    private static bool CanBeMade(Type type) => !type.IsAbstract && (type.GetConstructors().Length > 0 || Known(type) is not null);

    private static object Made(Type type)
    {
        if (Known(type) is object known)
        {
            return known;
        }

        // Layers by name rather than lists of them.
        ConstructorInfo constructor = type.GetConstructors()
            .OrderBy(c =>
                c.GetParameters().Count(p => !p.HasDefaultValue)
                + (c.GetParameters().Any(p => p.ParameterType.IsGenericType && !p.HasDefaultValue) ? 9 : 0)
            )
            .First();
        return constructor.Invoke([.. constructor.GetParameters().Select(Argument)]);
    }

    private static object? Argument(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        return parameter.Name == "verbose" ? 0
            : parameter.Name == "epochs" && type == typeof(int) ? 1
            : parameter.HasDefaultValue && parameter.Name != "y"
                ? parameter.DefaultValue is DBNull
                    || (parameter.DefaultValue is null && type.IsValueType && Nullable.GetUnderlyingType(type) is null)
                        ? Activator.CreateInstance(type)
                    : parameter.DefaultValue
            : parameter.Name is "y" or "labels" && type == typeof(ArrayLike) ? (ArrayLike)new[] { 0, 1 }
            : parameter.Name is "x" && type == typeof(ArrayLike) ? (ArrayLike)ones(2, 2)
            : type == typeof(int) ? 2
            : type == typeof(double) ? 0.5
            : type == typeof(bool) ? false
            : type.IsEnum ? Enum.ToObject(type, 0)
            : type.IsValueType ? Activator.CreateInstance(type)
            : Known(type) ?? Made(type);
    }

    private static object? Known(Type type) =>
        type switch
        {
            _ when type == typeof(string) => "mean_with_sample_weight",
            _ when type == typeof(object) => "something",
            _ when type == typeof(Tensor) => ones(2, 2),
            _ when type == typeof(ArrayLike) => (ArrayLike)full(2, 2, 0.5f),
            _ when type == typeof(NDArray) => np.ones(new NumSharp.Shape(2, 4)).astype(np.float32),
            _ when type == typeof(Model) || type == typeof(Layer) => Model(),
            _ when type == typeof(Teacher) || type == typeof(ModelTeacher) => new ModelTeacher(Model()),
            _ when type == typeof(Distiller) => new Distiller(Model()).WithStudent(Model()),
            _ when type == typeof(DistillationResult) => new Distiller(Model()).WithStudent(Model()).Fit(ones(2, 2), epochs: 1, verbose: 0),
            _ when type == typeof(DistillationTargets) => DistillationTargets.From(Model(), ones(2, 2), new[] { 0, 1 }),
            _ when type == typeof(PrecomputedTeacher) => PrecomputedTeacher.FromLogits(ones(2, 2)),
            _ when type == typeof(Schedule) => new ConstantSchedule(1),
            _ when type == typeof(DistillationObjective) => new LogitMatching(),
            _ when type == typeof(ObjectiveShapes) => new ObjectiveShapes(2, false, [], 2),
            _ when type == typeof(FeatureShapes) => new FeatureShapes(new FeaturePair("a", "b"), new Shape(2, 2), new Shape(2, 2)),
            _ when type == typeof(ObjectiveBinding) => new ObjectiveBinding(new ObjectiveShapes(2, false, [], 2), "float32"),
            _ when type == typeof(ObjectiveSignals) => Signals(),
            _ when type == typeof(BoundObjective) => new BoundObjective(new LogitMatching()),
            _ when type == typeof(LayerReference) => new LayerReference("hidden"),
            _ when type == typeof(FeatureAdapter) => FeatureAdapter.Projection,
            _ when type == typeof(TeacherBatch) => new TeacherBatch([ones(2, 2)]),
            _ when type == typeof(TeacherSignals) => new TeacherSignals([ones(2, 2)]),
            _ when type == typeof(Shape) => new Shape(2, 2),
            _ when type == typeof(Losses.Loss) => (Losses.Loss)"mse",
            _ when type == typeof(Optimizers.Optimizer) => new Optimizers.SGD(0.1),
            _ when type == typeof(Initializers.Initializer) => new Initializers.Zeros(),
            _ when type.IsArray => Array.CreateInstance(type.GetElementType()!, 0),
            _ when type.IsGenericType
                    && type.GetGenericTypeDefinition() is Type open
                    && (open == typeof(IReadOnlyList<>) || open == typeof(IEnumerable<>) || open == typeof(ICollection<>)) =>
                type.GetGenericArguments()[0] is var item && item == typeof(Tensor) ? new List<Tensor> { ones(2, 2) }
                : item == typeof(FeaturePair) ? new List<FeaturePair> { new("a", "b") }
                : item == typeof(FeatureFlow) ? new List<FeatureFlow> { new("a", "b", "c", "d") }
                : Activator.CreateInstance(typeof(List<>).MakeGenericType(item)),
            _ => null,
        };

    private static ObjectiveSignals Signals() =>
        new()
        {
            StudentLogits = ones(2, 2),
            TeacherLogits = ones(2, 2),
            Labels = zeros(2, int64),
            SampleIndices = arange(2, int64),
            Temperature = tensor(1f),
            StudentFeatures = [ones(2, 2)],
            TeacherFeatures = [ones(2, 2)],
        };

    private static Sequential Model() =>
        new(new Input(2), new Dense(3, activation: "relu", name: "hidden"), new Dense(2, activation: "softmax"));

    private static string Text(Tensor x) =>
        x.IsInvalid ? "disposed" : $"{Shape.FromSizes(x.shape)} {x.dtype}{(x.is_sparse ? " sparse" : string.Empty)}";
}
