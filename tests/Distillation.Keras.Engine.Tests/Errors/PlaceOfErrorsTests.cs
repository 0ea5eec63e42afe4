using System.Net.Sockets;
using System.Runtime.InteropServices;
using Distillation.Keras.Callbacks;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Errors;

/// <summary>
/// What libtorch refuses within code of a user's own: the message tells where, with what, and carries libtorch's exception within.
/// </summary>
public sealed class PlaceOfErrorsTests
{
    private static readonly float[,] X =
    {
        { 1, 2 },
        { 3, 4 },
        { 5, 6 },
    };
    private static readonly float[,] Y =
    {
        { 1 },
        { 2 },
        { 3 },
    };

    /// <summary>Adds five numbers to rows, which have others, where there are three of them.</summary>
    private sealed class Broken(string? name = null) : Layer(name)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) =>
            input.shape[0] == 3 ? input.add(ones(5)) : input.alias();
    }

    private sealed class Block(string? name = null) : Layer(name)
    {
        private readonly Broken _inner = new("inner");

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) => _inner.Call(input);
    }

    private sealed class Throwing(Exception thrown) : Layer("thrower")
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) => throw thrown;
    }

    private sealed class OwnInitializer : Initializer
    {
        public override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32) => ones(2).reshape(3);
    }

    private sealed class OwnRegularizer : Regularizer
    {
        public override Tensor Call(Tensor x) => x.add(ones(3, 7)).sum();
    }

    private sealed class OwnConstraint : Constraint
    {
        public override Tensor Call(Tensor weight) => ones(7);
    }

    private sealed class OwnMetric() : Metric("own")
    {
        public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) => y_pred.add(ones(2, 7));

        public override Tensor Result() => tensor(0f);
    }

    private sealed class OwnCallback : Callback
    {
        public override void OnEpochEnd(int epoch, Logs logs) => ones(2).add(ones(3));
    }

    private sealed class OwnStep() : Model("stepper")
    {
        private readonly Dense _dense = new(1);

        protected internal override Tensor Forward(Tensor input, CallContext context) => _dense.Call(input);

        protected internal override void TrainStep(Distillation.Keras.Training.Batch batch, Distillation.Keras.Training.StepContext step) =>
            step.Forward(batch)[0].add(ones(2, 7));
    }

    [Test]
    public void A_layer_is_named_once_with_the_path_to_it_and_the_call()
    {
        var model = new Sequential([new Input(2), new Block("block"), new Dense(1)], name: "student");
        model.Compile("sgd", "mse");
        foreach (
            (Action call, string name) in new (Action, string)[]
            {
                (() => model.Fit(X, Y, verbose: 0), "Fit of 'student'"),
                (() => model.Evaluate(X, Y), "Evaluate of 'student'"),
                (() => model.Predict(X), "Predict of 'student'"),
            }
        )
        {
            InvalidOperationException e = Caught<InvalidOperationException>(call);
            Assert.That(
                e.Message,
                Does.StartWith(
                    $"Forward of the layer 'inner' (Broken), in 'student' > 'block', failed in {name}, with an input of shape (3, 2) and "
                        + "type Float32; reason: The size of tensor a (2) must match"
                )
            );
            Assert.That(e.Message, Does.Not.Contain("\n"));
            Assert.That(e.InnerException, Is.TypeOf<ExternalException>());
        }

        InvalidOperationException direct = Caught<InvalidOperationException>(() => new Broken("alone").Call(ones(3, 2)));
        Assert.That(
            direct.Message,
            Does.StartWith("Forward of the layer 'alone' (Broken) failed, with an input"),
            "no call is under way any more"
        );
    }

    [Test]
    public void Exceptions_of_others_pass_unchanged()
    {
        foreach (
            Exception own in new Exception[] { new TimeoutException("mine"), new SocketException(1), new InvalidOperationException("mine") }
        )
        {
            Assert.That(Assert.Catch(() => new Throwing(own).Call(ones(3, 2))), Is.SameAs(own));
        }
    }

    [Test]
    public void All_that_takes_part_in_a_fit_is_named()
    {
        Says("The loss 'lossy'", m => m.Compile("sgd", new LossFunctionWrapper((y, p) => p.add(ones(2, 7)), name: "lossy")));
        Says("The metric 'own' (OwnMetric)", m => m.Compile("sgd", "mse", metrics: [new OwnMetric()]));
        Says("The metric 'fn'", m => m.Compile("sgd", "mse", metrics: [new MeanMetricWrapper((y, p) => p.add(ones(2, 7)), "fn")]));
        Says(
            "The regularizer OwnRegularizer of the weight student/d/kernel",
            m => m.Compile("sgd", "mse"),
            new Dense(1, kernel_regularizer: new OwnRegularizer(), name: "d")
        );
        Says(
            "The constraint OwnConstraint of the weight student/d/kernel",
            m => m.Compile("sgd", "mse"),
            new Dense(1, kernel_constraint: new OwnConstraint(), name: "d")
        );
        Says(
            "The activation 'mine' of the layer 'd' (Dense)",
            m => m.Compile("sgd", "mse"),
            new Dense(1, activation: new ActivationFunction("mine", x => x.add(ones(2, 7))), name: "d")
        );
        Says("The callback OwnCallback", m => m.Compile("sgd", "mse"), callbacks: [new OwnCallback()]);
        Assert.That(
            Caught<InvalidOperationException>(() =>
                new Dense(3, kernel_initializer: new OwnInitializer(), name: "d").Call(ones(3, 2))
            ).Message,
            Does.StartWith(
                "The initializer OwnInitializer of the weight 'kernel' of the layer 'd' (Dense), of shape (2, 3) and type float32, failed"
            )
        );
        var stepper = new OwnStep();
        stepper.Compile("sgd");
        Assert.That(
            Caught<InvalidOperationException>(() => stepper.Fit(X, Y, verbose: 0)).Message,
            Does.StartWith("TrainStep of the model 'stepper' (OwnStep) failed in Fit of 'stepper'")
        );
    }

    [TestCase(0)]
    [TestCase(1)]
    public void A_source_is_named_with_the_batch_in_each_call(int batches)
    {
        using DisposeScope scope = NewDisposeScope();
        IEnumerable<DataBatch> Read()
        {
            for (int i = 0; i < batches; i++)
            {
                yield return new DataBatch(X, Y);
            }

            yield return new DataBatch(ones(2).add(ones(3)), Y);
        }

        DataSource source = DataSource.FromBatches(_ => Read());
        var model = new Sequential(new Input(2), new Dense(1));
        model.Compile("sgd", "mse");
        foreach (Action call in (Action[])[() => model.Fit(source, verbose: 0), () => model.Evaluate(source), () => model.Predict(source)])
        {
            InvalidOperationException e = Caught<InvalidOperationException>(call);
            Assert.That(e.Message, Does.StartWith("Read of the source ").And.Contain($", at batch {batches} of pass 0, from 0, failed"));
            Assert.That(e.InnerException, Is.TypeOf<ExternalException>());
        }
    }

    private sealed class Resulting(Func<Tensor?> result) : Metric("odd")
    {
        public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) { }

        public override Tensor Result() => result()!;

        protected override Metric CloneCore() => new Resulting(result);
    }

    [Test]
    public void A_metric_whose_result_is_no_number_is_named()
    {
        static Tensor Disposed()
        {
            Tensor one = tensor(1f);
            one.Dispose();
            return one;
        }

        foreach (
            (Func<Tensor?> result, string found) in new (Func<Tensor?>, string)[]
            {
                (() => null, "null"),
                (Disposed, "disposed"),
                (() => ones(2, complex64), "ComplexFloat32"),
            }
        )
        {
            var model = new Sequential(new Input(2), new Dense(1));
            model.Compile("sgd", "mse", metrics: [new Resulting(result)]);
            foreach (
                Action call in (Action[])
                    [
                        () => model.Fit(X, Y, verbose: 0),
                        () => model.Evaluate(X, Y),
                        () => model.TestOnBatch(X, Y),
                        () => model.TrainOnBatch(X, Y),
                    ]
            )
            {
                Assert.That(
                    Caught<InvalidOperationException>(call).Message,
                    Does.StartWith("Result of a metric is a tensor of real numbers, but that of 'odd' (Resulting) gave").And.Contain(found)
                );
            }
        }
    }

    [Test]
    public void A_metric_of_several_whole_numbers_is_reported_by_their_mean()
    {
        var model = new Sequential(new Input(2), new Dense(1));
        model.Compile("sgd", "mse", metrics: [new Resulting(() => tensor(new long[] { 1, 2, 6, 1 }))]);
        Assert.That(model.Evaluate(X, Y)["odd"], Is.EqualTo(2.5));
    }

    [Test]
    public void A_disposed_tensor_that_a_layer_keeps_is_told_as_such()
    {
        Tensor kept = ones(2);
        kept.Dispose();
        ObjectDisposedException e = Assert.Throws<ObjectDisposedException>(() =>
            new Lambda(x => x.add(kept), output_shape: 2, name: "keeper").Call(ones(3, 2))
        )!;
        Assert.That(e.Message, Does.StartWith("Forward of the layer 'keeper' (Lambda) computes with a tensor that was disposed"));
    }

    [Test]
    public void No_data_is_no_data_whatever_kind_of_array_it_would_be()
    {
        float[]? none = null;
        float[,]? rows = null;
        var model = new Sequential([new Input(2), new Dense(1)]);
        model.Compile("sgd", "mse");
        Assert.That(() => model.Fit(X, Y, sample_weight: none!, verbose: 0), Throws.Nothing);
        Assert.That(() => model.Fit(rows!, Y, verbose: 0), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("x"));
        Assert.That(() => model.Fit(X, rows!, verbose: 0), Throws.ArgumentException.With.Property("ParamName").EqualTo("y"));
        Assert.That(
            () => model.Fit(X, Y, sample_weight: ones(3, complex64), verbose: 0),
            Throws.ArgumentException.With.Property("ParamName").EqualTo("sample_weight")
        );
        Assert.That(
            () => model.Fit(ones(3, 2, complex64), Y, verbose: 0),
            Throws.ArgumentException.With.Property("ParamName").EqualTo("x")
        );
    }

    private static void Says(string start, Action<Model> compile, Layer? layer = null, IEnumerable<Callback>? callbacks = null)
    {
        var model = new Sequential([new Input(2), layer ?? new Dense(1)], name: "student");
        compile(model);
        InvalidOperationException e = Caught<InvalidOperationException>(() => model.Fit(X, Y, verbose: 0, callbacks: callbacks));
        Assert.That(e.Message, Does.StartWith(start).And.Contain("failed in Fit of 'student'"));
        Assert.That(e.InnerException, Is.Not.Null);
    }

    private static T Caught<T>(Action call)
        where T : Exception
    {
        using DisposeScope scope = NewDisposeScope();
        return Assert.Throws<T>(() => call())!;
    }
}
