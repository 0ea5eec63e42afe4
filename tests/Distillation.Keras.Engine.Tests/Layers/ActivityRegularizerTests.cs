using System.Text.Json.Nodes;
using Distillation.Keras.Engine.Tests.Files;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Regularizers;
using Distillation.Keras.Saving;
using Distillation.Keras.Training;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Penalties on what layers compute: <c>activity_regularizer</c>.</summary>
[TestFixture]
public sealed class ActivityRegularizerTests
{
    private static readonly float[,] X =
    {
        { 1, -2 },
        { 3, 4 },
        { -5, 6 },
        { 0, 1 },
    };

    private static readonly float[,] Y =
    {
        { 1, 0 },
        { 0, 1 },
        { 1, 1 },
        { 0, 0 },
    };

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void TearDown() => _folder.Dispose();

    // What Keras 3.15.1 and tf_keras 2.21 computed after they had loaded the same files.
    [TestCase("regularizers_initializers", ".keras")]
    [TestCase("regularizers_initializers", ".h5")]
    [TestCase("regularizers_initializers.tfk", ".keras")]
    [TestCase("regularizers_initializers.tfk", ".h5")]
    public void Losses_and_weights_of_three_steps_are_those_of_Keras(string name, string form)
    {
        JsonNode entry = ModelFixtures.Expected(name);
        var model = Model.Load(_folder.Write(ModelFixtures.Bytes(name + form), name + form));
        NDArray x = ModelFixtures.Array($"{name}/train/x/0");
        NDArray y = ModelFixtures.Array($"{name}/train/y/0");
        Assert.That(model.Layers.Where(l => l.ActivityRegularizer is not null).Select(l => l.Name), Is.EqualTo(new[] { "dense" }));
        foreach (JsonNode? loss in entry["compiled"]!["losses_after_loading"]!.AsArray())
        {
            Assert.That(model.TrainOnBatch(x, y)["loss"], Is.EqualTo(loss![0]!.GetValue<double>()).Within(2e-6));
        }

        for (int i = 0; i < model.Weights.Count; i++)
        {
            using NDArray expected = ModelFixtures.Array($"{name}/after/{i}");
            Assert.That(
                model.Weights[i].Value.data<float>().ToArray(),
                Is.EqualTo(expected.ToArray<float>()).Within(2e-6f),
                model.Weights[i].Path
            );
        }
    }

    [Test]
    public void Each_call_adds_the_penalty_divided_by_the_size_of_the_batch()
    {
        // |x| is 22 and the squares are 92, in four rows; the shared layer is called on x and on 2 x, once in a mode of its own.
        var twice = new Rescaling(2);
        var shared = new Activation("linear") { ActivityRegularizer = new L1(0.5) };
        var input = new Input(2);
        KerasTensor first = shared.Apply(input.Output);
        KerasTensor second = shared.Apply(twice.Apply(input.Output), training: true);
        var inner = new Sequential([new Input(2), new Flatten { ActivityRegularizer = "l2" }], name: "inner");
        var model = new Model(input, inner.Apply(new Average().Apply(first, second)));
        model.Compile(new SGD(0.1), loss: "mse");

        double labels = Mean(X, Y, 1.5);
        double penalties = ((0.5 * 22) + (0.5 * 44) + (0.01 * 92 * 1.5 * 1.5)) / 4;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Evaluate(X, Y)["loss"], Is.EqualTo(labels + penalties).Within(1e-5));
            Assert.That(model.TestOnBatch(X, Y)["loss"], Is.EqualTo(labels + penalties).Within(1e-5));
            Assert.That(model.Evaluate(X, Y, batch_size: 2)["loss"], Is.EqualTo(labels + penalties).Within(1e-5), "batches of two rows");
        }
    }

    [Test]
    public void Its_gradient_trains_the_layers_before()
    {
        // d/dw of sum((w x)^2) / rows is 2 w sum(x^2) / rows.
        var layer = new Dense(1, use_bias: false, kernel_initializer: new Initializers.Constant(0.5), activity_regularizer: new L2(0.1));
        var model = new Sequential(new Input(1), layer, new Rescaling(0));
        model.Compile(new SGD(1.0), loss: "mse");
        model.TrainOnBatch(
            new float[,]
            {
                { 1 },
                { 2 },
            },
            new float[,]
            {
                { 0 },
                { 0 },
            }
        );
        Assert.That(layer.Weights[0].Value.item<float>(), Is.EqualTo(0.5 - (0.1 * 2 * 0.5 * 5 / 2)).Within(1e-6));
    }

    [Test]
    public void A_prediction_and_a_call_compute_none()
    {
        var counted = new Counted();
        var model = new Sequential(new Input(2), new Flatten { ActivityRegularizer = counted });
        model.Compile(new SGD(0.1), loss: "mse");
        model.Predict(X).Dispose();
        model.Call(tensor(X)).Dispose();
        Assert.That(counted.Calls, Is.Zero);
        model.Evaluate(X, Y, batch_size: 1);
        Assert.That(counted.Calls, Is.EqualTo(4));
    }

    [Test]
    public void A_loop_of_ones_own_asks_for_them()
    {
        var model = new Sequential(new Input(2), new Flatten { ActivityRegularizer = new L1(0.5) }, new Block());
        var losses = new List<Tensor>();
        using DisposeScope scope = NewDisposeScope();
        model.CallAll(new LayerInputs<Tensor>(tensor(X)).WithTraining(true), losses);
        Assert.That(losses.Select(l => l.item<float>()), Is.EqualTo(new[] { 0.5f * 22 / 4, 22f / 4 }).Within(1e-6f));
    }

    [Test]
    public void A_step_of_ones_own_has_them_beside_the_penalties_of_weights()
    {
        var model = new OwnStep();
        model.Compile(new SGD(0.0));
        Logs logs = model.TrainOnBatch(X);
        Assert.That(logs["penalties"], Is.EqualTo((22.0 / 4) + (0.01 * 2)).Within(1e-5));
    }

    [Test]
    public void Halves_are_penalised_in_float32()
    {
        var model = new Sequential(new Input(2), new Dense(2, dtype: "mixed_float16", use_bias: false, activity_regularizer: new L2(1.0)));
        model.Weights[0].Assign(eye(2).mul(100));
        var losses = new List<Tensor>();
        using DisposeScope scope = NewDisposeScope();
        model.CallAll(new LayerInputs<Tensor>(tensor(X)), losses);
        Assert.That(losses.Single().item<float>(), Is.EqualTo(92 * 1e4f / 4), "float16 ends at 65504");
    }

    [Test]
    public void Configurations_have_the_key_where_Keras_writes_it()
    {
        static string[] Keys(Layer layer) => [.. layer.GetConfig().Select(p => p.Key)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Keys(new Dense(2)), Does.Not.Contain("activity_regularizer"));
            Assert.That(Keys(new Dense(2, activity_regularizer: "l1"))[3], Is.EqualTo("activity_regularizer"));
            Assert.That(Array.IndexOf(Keys(new Conv2D(2, 2)), "activity_regularizer"), Is.EqualTo(16));
            Assert.That(new Conv2D(2, 2).GetConfig()["activity_regularizer"], Is.Null);
            Assert.That(Array.IndexOf(Keys(new Conv2D(2, 2, activity_regularizer: "l1")), "activity_regularizer"), Is.EqualTo(3));
            Assert.That(Keys(new Flatten()), Does.Not.Contain("activity_regularizer"));
            Assert.That(Keys(new Flatten { ActivityRegularizer = "l1" })[3], Is.EqualTo("activity_regularizer"));
        }
    }

    [Test]
    public void Every_layer_writes_reads_and_clones_it()
    {
        foreach (Type type in Instances.Layers.Where(t => t != typeof(Lambda)))
        {
            var layer = (Layer)Instances.Made(type);
            layer.ActivityRegularizer = new L1L2(0.25, 0.5);
            Layer read = KerasSerializer.Deserialize<Layer>(KerasSerializer.Serialize(layer));
            foreach (Layer copy in (Layer[])[read, layer.CloneLayer()])
            {
                var penalty = copy.ActivityRegularizer as L1L2;
                Assert.That((penalty?.L1, penalty?.L2), Is.EqualTo((0.25, 0.5)), type.Name);
            }
        }
    }

    [Test]
    public void An_argument_of_a_class_of_ones_own_is_the_property()
    {
        KerasSerializer.Register<Own>();
        var layer = new Own("l2");
        Layer read = KerasSerializer.Deserialize<Layer>(KerasSerializer.Serialize(layer));
        Assert.That((read.ActivityRegularizer as L2)?.L2, Is.EqualTo(0.01));
    }

    [Test]
    public void Inputs_and_models_of_layers_have_none()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new Input(2).ActivityRegularizer = "l2",
                Throws.TypeOf<NotSupportedException>().With.Message.Contains("computes nothing")
            );
            Assert.That(
                () => new Sequential(new Input(2), new Dense(1)).ActivityRegularizer = "l2",
                Throws.TypeOf<NotSupportedException>().With.Message.Contains("its last layer")
            );
        }
    }

    [Test]
    public void What_fails_is_told_with_its_layer()
    {
        var model = new Sequential(new Input(2), new Flatten(name: "flat") { ActivityRegularizer = new Wrong() });
        model.Compile(new SGD(0.1), loss: "mse");
        Assert.That(
            () => model.Fit(X, Y, verbose: 0),
            Throws
                .InvalidOperationException.With.Message.StartsWith("The activity_regularizer Wrong of the layer 'flat'")
                .And.Message.Contains("Fit of")
        );
    }

    [Test]
    public void They_leave_no_tensors()
    {
        var model = new Sequential(new Input(2), new Dense(2, activity_regularizer: "l1"), new Flatten { ActivityRegularizer = "l2" });
        model.Compile(new SGD(0.01), loss: "mse");
        using Tensor x = tensor(X);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(LiveTensors.LeftBy(() => model.Fit(X, Y, verbose: 0)), Is.Zero);
            Assert.That(LiveTensors.LeftBy(() => model.Evaluate(X, Y)), Is.Zero);
            Assert.That(
                LiveTensors.LeftBy(() =>
                {
                    var losses = new List<Tensor>();
                    using IDisposable noGrad = no_grad();
                    foreach (Tensor t in model.CallAll(new LayerInputs<Tensor>(x), losses).Tensors.Concat(losses))
                    {
                        t.Dispose();
                    }
                }),
                Is.Zero
            );
        }
    }

    // keras/regularizers.py of Keras 1.2: ActivityRegularizer.get_config.
    [Test]
    public void The_form_of_Keras_1_is_read()
    {
        JsonObject layer = LegacyLayers.Convert(
            JsonNode
                .Parse(
                    """
                    {"class_name": "Dense", "config": {"name": "d", "output_dim": 3,
                     "activity_regularizer": {"name": "ActivityRegularizer", "l1": 0.25, "l2": 0.5}}}
                    """
                )!
                .AsObject()
        );
        var penalty = KerasSerializer.Deserialize<Layer>(layer).ActivityRegularizer as L1L2;
        Assert.That((penalty?.L1, penalty?.L2), Is.EqualTo((0.25, 0.5)));
    }

    private static double Mean(float[,] x, float[,] y, double factor)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += Math.Pow((factor * x[i / 2, i % 2]) - y[i / 2, i % 2], 2);
        }

        return sum / x.Length;
    }

    private sealed class Counted : Regularizer
    {
        public int Calls { get; private set; }

        public override Tensor Call(Tensor x)
        {
            Calls++;
            return x.sum();
        }

        internal override KerasObject Duplicate() => this;
    }

    private sealed class Wrong : Regularizer
    {
        public override Tensor Call(Tensor x) => x.view(7, 7).sum();
    }

    private sealed class Block : Layer
    {
        private readonly Flatten _inner = new() { ActivityRegularizer = new L1(1.0) };

        protected internal override Tensor Forward(Tensor input, CallContext context) => _inner.Call(input);
    }

    private sealed class OwnStep : Model
    {
        private readonly Dense _dense = new(1, use_bias: false, kernel_initializer: "ones", kernel_regularizer: "l2");
        private readonly Flatten _flat = new() { ActivityRegularizer = new L1(1.0) };

        protected internal override Tensor Forward(Tensor input, CallContext context) => _dense.Call(_flat.Call(input));

        protected internal override void TrainStep(Batch batch, StepContext step)
        {
            Tensor loss = step.Forward(batch)[0].sum();
            Tensor penalties = stack(step.Losses).sum();
            step.Report(batch, "penalties", penalties);
            step.Minimize(loss.add(penalties));
        }
    }

    /// <summary>A layer that takes the argument itself.</summary>
    public sealed class Own(Regularizer? activity_regularizer = null) : Layer(activity_regularizer: activity_regularizer)
    {
        /// <inheritdoc/>
        protected internal override Tensor Forward(Tensor input, CallContext context) => input.mul(2);
    }
}
