using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using TorchSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>A call that is refused leaves everything as it was.</summary>
public sealed class RefusedCallTests
{
    private static readonly float[,] Wide = new float[10, 5];

    private static float[,] Bad
    {
        get
        {
            float[,] x = new float[10, 5];
            x[3, 1] = float.NaN;
            return x;
        }
    }

    private static Sequential Unbuilt(string loss = "mse")
    {
        var model = new Sequential(
            new Dense(4, activation: "relu"),
            new BatchNormalization(),
            new Own(),
            new Sequential(new Dense(3)),
            new Dense(1)
        );
        model.Compile("sgd", loss);
        return model;
    }

    // Draws a seed where it makes its weight, and keeps the width in a field.
    private sealed class Own() : Layer(null)
    {
        private Variable? _scale;

        public override Shape ComputeOutputShape(Shape inputShape) =>
            _scale is null || _scale.Shape[0] == inputShape[-1] ? inputShape : throw new ArgumentException("another width");

        protected override void Build(Shape inputShape) =>
            _scale = AddWeight("scale", inputShape[-1]!.Value, new Initializers.RandomUniform());

        protected internal override Tensor Forward(Tensor input, CallContext context) => input * _scale!.Value;
    }

    private static TestCaseData Case(string name, Action<Sequential> call) => new TestCaseData(call).SetArgDisplayNames(name);

    private static IEnumerable<TestCaseData> Calls()
    {
        yield return Case("Fit, x with NaN", m => m.Fit(Bad, Y, verbose: 0));
        yield return Case("Fit, y with NaN", m => m.Fit(Wide, Bad, verbose: 0));
        yield return Case("Fit, y of another length", m => m.Fit(Wide, new float[9, 1], verbose: 0));
        yield return Case("Fit, y missing", m => m.Fit(Wide, verbose: 0));
        yield return Case("Fit, y of another width", m => m.Fit(Wide, new float[10, 3], verbose: 0));
        yield return Case("Fit, sample_weight of another length", m => m.Fit(Wide, Y, verbose: 0, sample_weight: new float[9]));
        yield return Case(
            "Fit, class_weight beyond the classes",
            m => m.Fit(Wide, new int[10], verbose: 0, class_weight: new Dictionary<int, double> { [7] = 1 })
        );
        yield return Case("Fit, validation data of another width", m => m.Fit(Wide, Y, verbose: 0, validation_data: (X, Y)));
        yield return Case("Fit, validation_split", m => m.Fit(Wide, Y, verbose: 0, validation_split: 0.999));
        yield return Case("Fit, validation_steps", m => m.Fit(Wide, Y, verbose: 0, validation_split: 0.5, validation_steps: 9));
        yield return Case("Fit, no samples", m => m.Fit(new float[0, 5], new float[0, 1], verbose: 0));
        yield return Case("Fit, complex", m => m.Fit(complex(ones(10, 5), ones(10, 5)), Y, verbose: 0));
        yield return Case("Fit, an image", m => m.Fit(new float[10, 5, 5, 1], Y, verbose: 0));
        yield return Case("Fit, two inputs", m => m.Fit(new[] { Wide, Wide }, Y, verbose: 0));
        yield return Case("Evaluate, x with NaN", m => m.Evaluate(Bad, Y));
        yield return Case("Evaluate, y of another width", m => m.Evaluate(Wide, new float[10, 3]));
        yield return Case("Evaluate, steps", m => m.Evaluate(Wide, Y, steps: 9));
        yield return Case("Predict, x with NaN", m => m.Predict(Bad));
        yield return Case(
            "Predict, float64 beyond float32",
            m =>
                m.Predict(
                    new[,]
                    {
                        { 1, 1e300 },
                    }
                )
        );
        yield return Case("Predict, a scalar", m => m.Predict(tensor(1f)));
        yield return Case("TrainOnBatch, y of another width", m => m.TrainOnBatch(Wide, new float[10, 3]));
        yield return Case("TestOnBatch, y missing", m => m.TestOnBatch(Wide));
        yield return Case("Call, complex", m => m.Call(complex(ones(10, 5), ones(10, 5))));
        yield return Case("Apply to two", m => m.Apply(new Input(5), new Input(5)));
        yield return Case("SetWeights", m => m.SetWeights([np.ones(new NumSharp.Shape(5, 4))]));
    }

    // It draws random numbers of its own, as it makes and trains a model.
    private static IEnumerable<TestCaseData> CallsWithAnotherModel()
    {
        yield return Case(
            "Fit, an optimizer of another model",
            m =>
            {
                var used = new SGD(0.1);
                Model other = Model(compile: false);
                other.Compile(used, "mse");
                other.Fit(X, Y, verbose: 0);
                m.Compile(used, "mse");
                m.Fit(Wide, Y, verbose: 0);
            }
        );
    }

    [TestCaseSource(nameof(Calls))]
    [TestCaseSource(nameof(CallsWithAnotherModel))]
    public void A_model_that_is_not_built_stays_so(Action<Sequential> call)
    {
        Sequential model = Unbuilt();
        Exception? refusal = Assert.Catch(() => call(model));
        Assert.That(refusal, Is.InstanceOf<ArgumentException>().Or.InstanceOf<InvalidOperationException>());
        Assert.That(model.Built, Is.False);
        Assert.That(model.Weights, Is.Empty);
        Assert.That(model.Layers.Select(l => l.Built), Has.All.False);
        Assert.That(() => model.Inputs, Throws.InvalidOperationException);

        // Another width than the refused call's is as good as ever.
        model.Compile("sgd", "mse");
        model.Fit(X, Y, verbose: 0);
        Assert.That(model.Weights[0].Shape, Is.EqualTo(new Shape(2, 4)));
        Assert.That(model.Weights, Has.Count.EqualTo(11));
    }

    [TestCaseSource(nameof(Calls))]
    public void The_weights_that_were_made_for_it_are_freed(Action<Sequential> call)
    {
        Sequential model = Unbuilt();

        // The tensors that some of the calls make for their own arguments are not the library's.
        long Left() =>
            LiveTensors.LeftBy(() =>
            {
                using DisposeScope scope = NewDisposeScope();
                Assert.Catch(() => call(model));
            });
        Assert.That(Left(), Is.Zero);
    }

    [TestCaseSource(nameof(Calls))]
    public void The_random_numbers_that_follow_are_the_same(Action<Sequential> call)
    {
        double[] Weights(bool refused)
        {
            Utils.SetRandomSeed(7);
            Sequential model = Unbuilt();
            if (refused)
            {
                Assert.Catch(() => call(model));
                model.Compile("sgd", "mse");
            }

            model.Fit(X, Y, verbose: 0);
            return [.. model.Weights.SelectMany(w => w.Value.to(float64).data<double>().ToArray())];
        }

        Assert.That(Weights(refused: true), Is.EqualTo(Weights(refused: false)));
    }

    [Test]
    public void A_model_whose_third_layer_refuses_the_width_is_not_built_in_part()
    {
        var model = new Sequential(new Dense(4), new Reshape((2, 3)));
        Assert.That(() => model.Predict(Wide), Throws.ArgumentException);
        Assert.That(model.Layers[0].Built, Is.False);
        Assert.That(model.Layers[0].Weights, Is.Empty);
        var dense = new Dense(2);
        Assert.That(() => dense.Call(tensor(1f)), Throws.ArgumentException);
        Assert.That(dense.Built, Is.False);
    }

    [Test]
    public void A_layer_that_was_built_before_keeps_its_weights()
    {
        var shared = new Dense(3);
        _ = new Sequential(new Input(5), shared);
        double[] before = [.. shared.Weights[0].Value.to(float64).data<double>()];
        var model = new Sequential(new Flatten(), shared, new Dense(1));
        model.Compile("sgd", "mse");
        Assert.That(() => model.Fit(Wide, new float[10, 3], verbose: 0), Throws.ArgumentException);
        Assert.That(model.Built, Is.False);
        Assert.That(shared.Built, Is.True);
        Assert.That(shared.Weights[0].Value.to(float64).data<double>().ToArray(), Is.EqualTo(before));
        model.Fit(Wide, Y, verbose: 0);
        Assert.That(model.Weights, Has.Count.EqualTo(4));
    }

    [Test]
    public void SetWeights_writes_all_arrays_or_none()
    {
        Model model = Model();
        using NDArray kernel = np.ones(new NumSharp.Shape(2, 1), NPTypeCode.Single);
        using NDArray words = np.zeros(new NumSharp.Shape(1), NPTypeCode.Char);
        Assert.That(
            () => model.SetWeights(new NDArray[2]),
            Throws.ArgumentException.With.Message.Contains("null").And.Message.Contains("kernel")
        );
        Assert.That(
            () => model.SetWeights([kernel, null!]),
            Throws.ArgumentException.With.Message.Contains("null").And.Message.Contains("bias")
        );
        Assert.That(() => model.SetWeights([kernel, words]), Throws.ArgumentException.With.Message.Contains("Char"));
        Assert.That(() => model.SetWeights([kernel, kernel]), Throws.ArgumentException.With.Message.Contains("(1,)"));
        Assert.That(() => model.SetWeights(null!), Throws.ArgumentNullException);
        new LinearProblem().AssertWeights(model);
    }

    [Test]
    public void A_Compile_that_is_refused_leaves_the_one_before()
    {
        Model model = Model();
        Optimizer before = model.Optimizer;
        Assert.That(() => model.Compile("sgd", "no_such_loss"), Throws.ArgumentException);
        Assert.That(() => model.Compile("sgd", "mse", ["no_such_metric"]), Throws.ArgumentException);
        Assert.That(() => model.Compile("no_such_optimizer", "mse"), Throws.ArgumentException);
        Assert.That(() => model.Compile("sgd", "mse", steps_per_execution: 0), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => model.CompileFromConfig(new() { ["optimizer"] = "nobody" }), Throws.ArgumentException);
        Assert.That(model.Optimizer, Is.SameAs(before));
        model.Fit(X, Y, batch_size: 4, verbose: 0, shuffle: false);
        var byHand = new LinearProblem();
        byHand.Epoch(0, 10, 4);
        byHand.AssertWeights(model);
    }
}
