using System.Reflection;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Regularizers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Errors;

/// <summary>
/// Whatever tensors the public classes and functions are given, they answer in the library's words, and name their own parameters. The
/// classes are found by reflection.
/// </summary>
public sealed class PublicEdgeTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static Type[] LayerTypes => Instances.Layers;

    private static Type[] LossTypes => Instances.Of<Loss>();

    private static Type[] MetricTypes => Instances.Of<Metric>();

    private static Type[] OptimizerTypes => Instances.Of<Optimizer>();

    private static Type[] OtherTypes => [.. Instances.Of<Initializer>(), .. Instances.Of<Regularizer>(), .. Instances.Of<Constraint>()];

    private static Type[] ScheduleTypes => Instances.Of<LearningRateSchedule>();

    private static MethodInfo[] Functions => Instances.Functions;

    // Shapes, types and states, each once; "plain" ones come first.
    private static Tensor[] Tensors()
    {
        Tensor disposed = ones(2, 3);
        disposed.Dispose();
        return
        [
            ones(2, 3),
            ones(2),
            ones(3, 2),
            ones(2, 3, 4),
            ones(2, 8, 8, 3),
            ones([2, 8, 8, 8, 3]),
            tensor(1f),
            zeros(0),
            zeros(0, 3),
            zeros(2, 0),
            ones(2, 1),
            ones(2, 3, int64),
            ones(2, 3, @bool),
            ones(2, 3, float64),
            ones(2, 3, float16),
            ones(2, 3, complex64),
            full(2, 3, float.NaN),
            ones(2, 3).to_sparse(),
            disposed,
        ];
    }

    [TestCaseSource(nameof(LayerTypes))]
    public void A_layer_that_is_called(Type type)
    {
        foreach (Tensor first in Tensors())
        {
            var layer = (Layer)Instances.Made(type);
            string[] parameters = ["input", "inputs", .. ArgumentsOf(type)];
            Answer(() => layer.Call(first), $"{type.Name} {Text(first)}", parameters);
            foreach (Tensor second in Tensors())
            {
                Answer(() => layer.Call(second, training: true), $"{type.Name} {Text(first)}, then {Text(second)}", parameters);
                Answer(() => layer.CallAll([first, second]), $"{type.Name} {Text(first)} and {Text(second)}", parameters);
                Answer(
                    () => layer.CallAll(new LayerInputs<Tensor>(first).WithMasks(second).WithTraining(true)),
                    $"{type.Name} {Text(first)} with the mask {Text(second)}",
                    [.. parameters, "mask"]
                );
            }
        }

        foreach (
            Shape shape in (Shape[])
                [new Shape(), new Shape(3), new Shape([null, 3]), new Shape(4, 4, 3), new Shape(0, 3), new Shape(4, 4, 4, 3)]
        )
        {
            Answer(
                () => ((Layer)Instances.Made(type)).Apply(new Input(shape)),
                $"{type.Name} on Input{shape}",
                ["input", "inputs", .. ArgumentsOf(type)]
            );
        }
    }

    [TestCaseSource(nameof(LossTypes))]
    public void A_loss_that_is_called(Type type)
    {
        var loss = (Loss)Instances.Made(type);
        ForPairs(
            (a, b) =>
            {
                string[] parameters = ["y_true", "y_pred", "sample_weight", "mask", .. ArgumentsOf(type)];
                Answer(() => loss.Call(a, b), $"{type.Name} {Text(a)} {Text(b)}", parameters);
                Answer(() => loss.Call(ones(2, 3), ones(2, 3), a, b), $"{type.Name} weights {Text(a)}, mask {Text(b)}", parameters);
            }
        );
    }

    [TestCaseSource(nameof(MetricTypes))]
    public void A_metric_that_is_updated(Type type)
    {
        ForPairs(
            (a, b) =>
            {
                string[] parameters = ["y_true", "y_pred", "sample_weight", "values", .. ArgumentsOf(type)];
                var metric = (Metric)Instances.Made(type);
                Answer(() => metric.UpdateState(a, b), $"{type.Name} {Text(a)} {Text(b)}", parameters);
                Answer(() => metric.UpdateState(ones(2, 3), b, a), $"{type.Name} {Text(b)} weights {Text(a)}", parameters);
                if (metric is Mean mean)
                {
                    Answer(() => mean.UpdateState(a, b), $"Mean {Text(a)} {Text(b)}", parameters);
                }

                if (metric is Sum sum)
                {
                    Answer(() => sum.UpdateState(a, b), $"Sum {Text(a)} {Text(b)}", parameters);
                }

                Answer(() => metric.Result(), $"{type.Name} result", []);
            }
        );
    }

    [TestCaseSource(nameof(OptimizerTypes))]
    public void An_optimizer_that_is_applied(Type type)
    {
        foreach (Tensor gradient in Tensors())
        {
            var dense = new Dense(3);
            dense.Call(ones(1, 2));
            Answer(
                () => ((Optimizer)Instances.Made(type)).Apply([gradient], [dense.Weights[0]]),
                $"{type.Name} {Text(gradient)}",
                ["grads", "trainable_variables"]
            );
            Answer(() => dense.Weights[0].Assign(gradient), $"Assign {Text(gradient)}", ["value"]);
        }
    }

    [TestCaseSource(nameof(ScheduleTypes))]
    public void A_schedule_that_is_made_and_called(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors().Single();
        ParameterInfo[] parameters = constructor.GetParameters();
        string[] names = [.. parameters.Select(p => p.Name!)];
        foreach (
            ParameterInfo parameter in parameters.Where(p =>
                p.ParameterType == typeof(double) || p.ParameterType == typeof(double?) || p.ParameterType == typeof(double[])
            )
        )
        {
            foreach (double number in (double[])[0, -1, 0.3, 5, 1e30, -1e30, 1e300, double.NaN, double.PositiveInfinity])
            {
                object?[] arguments =
                [
                    .. parameters.Select(p =>
                        p == parameter ? (p.ParameterType == typeof(double[]) ? new[] { number } : (object)number)
                        : p.ParameterType == typeof(double[]) ? new[] { 0.5, 0.25 }
                        : Instances.Argument(p)
                    ),
                ];
                Answer(
                    () =>
                    {
                        var schedule = (LearningRateSchedule)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
                        foreach (double step in (double[])[0, 1, 3.5, 1000])
                        {
                            Assert.That(
                                schedule.Call(step),
                                Is.Not.NaN.And.Not.Negative,
                                $"{type.Name}, {parameter.Name} {number}, step {step}"
                            );
                        }
                    },
                    $"{type.Name}, {parameter.Name} {number}",
                    names
                );
            }
        }
    }

    [Test]
    public void Labels_that_become_categories([Values(-1, 0, 1, 3, int.MaxValue)] int classes)
    {
        foreach (
            NDArray labels in (NDArray[])
                [
                    np.array(new[] { 0, 1, 2 }),
                    np.array(new[] { -9, 1 }),
                    np.array(new[] { 0.5, double.NaN }),
                    np.array(new[] { 1e300 }),
                    np.array(Array.Empty<int>()),
                    np.array(new int[0, 3]),
                    np.array(new[] { true, false }),
                    np.array(
                        new[,]
                        {
                            { 1 },
                            { 2 },
                        }
                    ),
                    np.array(new[] { 'a' }),
                    np.array(5),
                    np.array(new[] { long.MaxValue }),
                    np.array(new[] { ulong.MaxValue }),
                ]
        )
        {
            Answer(
                () => Utils.ToCategorical(labels, classes),
                $"{labels.typecode} of shape ({string.Join(", ", labels.shape)}), {classes} classes",
                ["x", "num_classes"]
            );
        }
    }

    [TestCaseSource(nameof(OtherTypes))]
    public void An_initializer_regularizer_or_constraint_that_is_called(Type type)
    {
        object made = Instances.Made(type);
        foreach (Tensor x in Tensors())
        {
            if (made is Regularizer regularizer)
            {
                Answer(() => regularizer.Call(x), $"{type.Name} {Text(x)}", ["x"]);
            }

            if (made is Constraint constraint)
            {
                Answer(() => constraint.Call(x), $"{type.Name} {Text(x)}", ["weight"]);
            }
        }

        foreach (
            Shape shape in made is Initializer
                ? (Shape[])
                    [Shape.Scalar, new Shape(0), new Shape(3), new Shape([null, 3]), new Shape(3, 2), new Shape(2, 3, 4), new Shape(3, 0)]
                : []
        )
        {
            foreach (ScalarType dtype in (ScalarType[])[float32, float64, float16, bfloat16, int32, @bool, complex64])
            {
                Answer(() => ((Initializer)made).Call(shape, dtype), $"{type.Name} {shape} {dtype}", ["shape", "dtype"]);
            }
        }
    }

    [TestCaseSource(nameof(Functions))]
    public void A_function_that_is_called(MethodInfo function)
    {
        ParameterInfo[] parameters = function.GetParameters();
        ForPairs(
            (a, b) =>
            {
                foreach (int axis in parameters.Any(p => p.Name == "axis" && p.ParameterType == typeof(int)) ? (int[])[-1, 0, 2, -9] : [0])
                {
                    Tensor[] tensors = [a, b];
                    int next = 0;
                    object?[] arguments =
                    [
                        .. parameters.Select(p =>
                            p.ParameterType == typeof(Tensor) && next < 2 ? tensors[next++]
                            : p is { Name: "axis" } && p.ParameterType == typeof(int) ? axis
                            : Instances.Argument(p)
                        ),
                    ];
                    Answer(
                        () => function.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null),
                        $"{function.DeclaringType!.Name}.{function.Name} {Text(a)} {Text(b)} axis {axis}",
                        [.. parameters.Select(p => p.Name!)]
                    );
                }
            }
        );
    }

    private static void ForPairs(Action<Tensor, Tensor> use)
    {
        foreach (Tensor a in Tensors())
        {
            foreach (Tensor b in Tensors())
            {
                using DisposeScope scope = NewDisposeScope();
                use(a, b);
            }
        }
    }

    // Any answer in the library's words will do: what is refused is for other tests.
    private static void Answer(Action call, string what, string[] parameters)
    {
        using DisposeScope scope = NewDisposeScope();
        try
        {
            call();
        }
        catch (Exception e)
        {
            bool isDocumented = e is ArgumentException or InvalidOperationException or NotSupportedException or InsufficientMemoryException;
            bool isOwn = OwnWords.Has(e);
            bool namesOwn = e is not ArgumentException { ParamName: string name } || parameters.Contains(name);
            if (!isDocumented || !isOwn || !namesOwn)
            {
                Assert.Fail($"{what}: {e.GetType().Name} ({(e as ArgumentException)?.ParamName}, {e.Source}): {e.Message}\n{e.StackTrace}");
            }
        }
    }

    // What the user gave to the object before: an axis that the tensor does not have.
    private static IEnumerable<string> ArgumentsOf(Type type) =>
        type.GetConstructors().SelectMany(c => c.GetParameters()).Select(p => p.Name!);

    private static string Text(Tensor x) =>
        x.IsInvalid ? "disposed" : $"{Shape.FromSizes(x.shape)} {x.dtype}{(x.is_sparse ? " sparse" : string.Empty)}";
}
