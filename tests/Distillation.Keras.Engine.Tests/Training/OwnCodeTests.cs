using Distillation.Keras.Callbacks;
using Distillation.Keras.Engine.Tests.Callbacks;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>What users' layers, losses, metrics and callbacks do wrong is said in words, and never by libtorch.</summary>
public sealed class OwnCodeTests
{
    private static readonly float[,] X =
    {
        { 1, 2, 3, 4 },
        { 5, 6, 7, 8 },
    };
    private static readonly float[,] Y =
    {
        { 1, 0 },
        { 0, 1 },
    };

    private sealed class OwnLayer(Func<Tensor, Tensor> forward, Func<Shape, Shape> shape) : Layer
    {
        public override Shape ComputeOutputShape(Shape inputShape) => shape(inputShape);

        protected internal override Tensor Forward(Tensor input, CallContext context) => forward(input);
    }

    private sealed class TwoOutputs : Layer
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context) =>
            [inputs.Tensors[0].clone(), inputs.Tensors[0].clone()];
    }

    private sealed class OwnLoss(Func<Tensor, Tensor, Tensor> forward) : Loss(null)
    {
        protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => forward(y_true, y_pred);
    }

    private sealed class Refusing : Callback
    {
        public override void OnTrainBegin(Logs logs) => throw new ArgumentException("Not today.");
    }

    private static IEnumerable<TestCaseData> Layers()
    {
        yield return Case(
            "Lambda",
            new Lambda(t => t, output_shape: new Shape(3)),
            "said that its output has the shape (None, 3), but gave one of shape (2, 4). Correct its output_shape"
        );
        yield return Case(
            "a layer of one's own",
            new OwnLayer(t => t.narrow(1, 0, 2), s => s),
            "has the shape (None, 4), but gave one of shape (2, 2). Its ComputeOutputShape and its Forward must agree"
        );
        yield return Case("another rank", new OwnLayer(t => t.unsqueeze(1), s => s), "gave one of shape (2, 1, 4)");
        yield return Case("two outputs", new TwoOutputs(), "said that it has 1 outputs, but gave 2");
        yield return Case("null", new OwnLayer(_ => null!, s => s), "should give back its outputs, but gave null");
        yield return Case(
            "a null of a Lambda",
            new Lambda(_ => null!, output_shape: new Shape(4)),
            "should give back its outputs, but gave null"
        );
        yield return Case("a disposed tensor", new OwnLayer(t => Disposed(t.clone()), s => s), "a tensor that is disposed");
    }

    [TestCaseSource(nameof(Layers))]
    public void Outputs_of_a_layer_are_as_it_has_said(Layer layer, string message)
    {
        var last = new Sequential(new Input(4), layer);
        Assert.That(() => last.Predict(X), Throws.InvalidOperationException.With.Message.Contains(message));
        var before = new Sequential(new Input(4), layer, new Dense(2, use_bias: false));
        before.Compile("sgd", "mse");
        Assert.That(() => before.Predict(X), Throws.InvalidOperationException.With.Message.Contains(message));
        Assert.That(() => before.Fit(X, Y, verbose: 0), Throws.InvalidOperationException.With.Message.Contains(message));
    }

    private static IEnumerable<TestCaseData> Losses()
    {
        yield return Case("null", new OwnLoss((_, _) => null!), "gave null");
        yield return Case("a null of a function", new LossFunctionWrapper((_, _) => null!), "gave null");
        yield return Case("integers", new LossFunctionWrapper((_, p) => p.argmax(-1)), "gave a tensor of type Int64");
        yield return Case("a disposed tensor", new OwnLoss((_, p) => Disposed(p.clone())), "gave a tensor that is disposed");
    }

    [TestCaseSource(nameof(Losses))]
    public void A_loss_gives_floating_point_numbers(Loss loss, string message)
    {
        Sequential model = Model();
        model.Compile("sgd", loss);
        Assert.That(
            () => model.Fit(X, Y, verbose: 0),
            Throws.InvalidOperationException.With.Message.Contains("should give floating-point numbers").And.Message.Contains(message)
        );
    }

    [Test]
    public void A_metric_gives_a_tensor()
    {
        Sequential model = Model();
        model.Compile("sgd", "mse", [new MeanMetricWrapper((_, _) => null!, "none")]);
        Assert.That(
            () => model.Evaluate(X, Y),
            Throws
                .InvalidOperationException.With.Message.Contains("The function of the metric 'none' should give a tensor")
                .And.Message.Contains("gave null")
        );
        model.Compile("sgd", "mse", [new MeanMetricWrapper((_, p) => Disposed(p.clone()), "gone")]);
        Assert.That(() => model.Evaluate(X, Y), Throws.InvalidOperationException.With.Message.Contains("disposed"));
    }

    [Test]
    public void A_fit_that_a_callback_refuses_changes_nothing()
    {
        Utils.SetRandomSeed(3);
        Sequential model = new(new Dense(2));
        model.Compile("adam", "mse");
        Assert.That(
            () => model.Fit(X, Y, verbose: 0, callbacks: [new EarlyStopping(monitor: "nothing"), new Refusing()]),
            Throws.ArgumentException
        );
        Assert.That(model.Built, Is.False);
        Assert.That(model.Optimizer.Built, Is.False);
        Assert.That(model.Fit(X, Y, verbose: 0)["loss"], Is.EqualTo(Expected()));

        static IReadOnlyList<double> Expected()
        {
            Utils.SetRandomSeed(3);
            Sequential other = new(new Dense(2));
            other.Compile("adam", "mse");
            return other.Fit(X, Y, verbose: 0)["loss"];
        }
    }

    [Test]
    public void An_optimizer_whose_fit_was_refused_serves_another_model()
    {
        var adam = new Keras.Optimizers.Adam();
        Sequential first = Model();
        first.Compile(adam, "mse");
        Assert.That(() => first.Fit(X, Y, verbose: 0, callbacks: [new Refusing()]), Throws.ArgumentException);
        Sequential second = Model();
        second.Compile(adam, "mse");
        Assert.That(second.Fit(X, Y, verbose: 0)["loss"][0], Is.Not.NaN);
    }

    [Test]
    public void A_step_of_training_that_is_refused_leaves_a_model_unbuilt()
    {
        var adam = new Keras.Optimizers.Adam();
        Sequential first = Model();
        first.Compile(adam, "mse");
        first.TrainOnBatch(X, Y);
        Sequential second = new(new Dense(2));
        second.Compile(adam, "mse");
        Assert.That(() => second.TrainOnBatch(X, Y), Throws.ArgumentException.With.Message.Contains("call Compile again"));
        Assert.That(second.Built, Is.False);
    }

    [Test]
    public void A_model_that_predicts_within_itself_is_refused()
    {
        Sequential model = Model();
        model.Add(
            new Lambda(
                t =>
                {
                    using NumSharp.NDArray inner = model.Predict(ones(2, 4));
                    return t;
                },
                output_shape: new Shape(2)
            )
        );
        Assert.That(
            () => model.Predict(X),
            Throws.InvalidOperationException.With.Message.Contains("is called from within itself").And.Message.Contains("never end")
        );
    }

    [Test]
    public void A_callback_of_an_evaluation_may_train_another_model()
    {
        Sequential model = Model();
        model.Compile("sgd", "mse");
        Sequential other = Model();
        other.Compile("sgd", "mse");
        model.Evaluate(X, Y, callbacks: [new EvaluationCallback(_ => other.Fit(X, Y, verbose: 0))]);
        Assert.That(other.Optimizer.Iterations, Is.EqualTo(1));
    }

    private static Sequential Model() => new(new Input(4), new Dense(2));

    private static Tensor Disposed(Tensor tensor)
    {
        tensor.Dispose();
        return tensor;
    }

    private static TestCaseData Case(string name, object value, string message) =>
        new TestCaseData(value, message).SetArgDisplayNames(name);
}
