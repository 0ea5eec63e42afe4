using Distillation.Keras.Layers;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>What a refused call takes back, it takes back from nobody else.</summary>
public sealed class RefusalBesideUseTests
{
    private static readonly float[,] X =
    {
        { 1, 2, 3 },
        { 4, 5, 6 },
    };

    private static IEnumerable<TestCaseData> Uses()
    {
        yield return Use("Predict", m => m.Predict(X).Dispose());
        yield return Use("PredictOutputs", m => m.PredictOutputs(X)[0].Dispose());
        yield return Use("Evaluate", m => m.Evaluate(X, new float[2, 2]));
        yield return Use("TestOnBatch", m => m.TestOnBatch(X, new float[2, 2]));
        yield return Use("Fit", m => m.Fit(X, new float[2, 2], epochs: 1, verbose: 0));
        yield return Use("Apply", m => m.Apply(new Input(3)));
    }

    [TestCaseSource(nameof(Uses))]
    public void Weights_that_another_thread_has_used_meanwhile_stay(Action<Model> use)
    {
        Sequential model = Unbuilt();
        Action undo = model.EnsureBuilt([Rows(3)])!;
        Assert.That(OtherThread.Run(() => use(model)), Is.Null);
        using NDArray before = model.GetWeights()[0];

        undo();

        Assert.That(model.Built, Is.True);
        using NDArray after = model.GetWeights()[0];
        Assert.That(after.ToArray<float>(), Is.EqualTo(before.ToArray<float>()));
        using NDArray result = model.Predict(X);
        Assert.That(result.shape, Is.EqualTo(new long[] { 2, 2 }));
    }

    [Test]
    public void Weights_that_nobody_else_has_used_are_taken_back()
    {
        Sequential model = Unbuilt();
        Action undo = model.EnsureBuilt([Rows(3)])!;

        // The call that made them may look at them as often as it likes.
        model.EnsureBuilt([Rows(3)]);
        undo();

        Assert.That(model.Built, Is.False);
        model.Predict(new float[1, 5]).Dispose();
        Assert.That(model.Weights[0].Shape, Is.EqualTo(new Shape(5, 2)));
    }

    [Test]
    public void A_refused_prediction_leaves_a_model_unbuilt()
    {
        Sequential model = Unbuilt();
        Assert.That(
            () =>
                model.Predict(
                    new double[,]
                    {
                        { 1, 1e300, 3 },
                    }
                ),
            Throws.InstanceOf<ArgumentException>()
        );
        Assert.That(model.Built, Is.False);
        Assert.That(() => model.PredictOutputs(X, batch_size: 0), Throws.InstanceOf<ArgumentException>());
        Assert.That(model.Built, Is.False);
    }

    [Test]
    public void A_prediction_refused_for_its_output_leaves_a_model_unbuilt()
    {
        var model = new Sequential(new Dense(2), new FirstRow());
        Assert.That(
            () => model.Predict(X),
            Throws
                .InvalidOperationException.With.Message.Contains("one row of output for each sample")
                .And.Message.Contains("(1, 2) for a batch of 2")
        );
        Assert.That(model.Built, Is.False);
    }

    private static Shape Rows(int width) => new([null, width]);

    private static Sequential Unbuilt()
    {
        var model = new Sequential(new Dense(2));
        model.Compile("sgd", "mse");
        return model;
    }

    private static TestCaseData Use(string name, Action<Model> use) => new TestCaseData(use).SetArgDisplayNames(name);

    private sealed class FirstRow : Layer
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected internal override Tensor Forward(Tensor input, CallContext context) => input.narrow(0, 0, 1).clone();
    }
}
