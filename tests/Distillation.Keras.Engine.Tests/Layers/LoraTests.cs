using System.Text.Json.Nodes;
using Distillation.Keras.Constraints;
using Distillation.Keras.Engine.Tests.Files;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Low-rank adaptation of kernels: <c>lora_rank</c>, <c>lora_alpha</c>, <c>EnableLora</c>.</summary>
[TestFixture]
public sealed class LoraTests
{
    private readonly TemporaryFolder _folder = new();

    private static Tensor X => arange(12, dtype: ScalarType.Float32).view(4, 3).div(10);

    private static Tensor Y => tensor(new long[] { 0, 1, 1, 0 });

    [OneTimeTearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void A_model_of_Keras_has_its_weights_and_counts()
    {
        JsonNode entry = ModelFixtures.Expected("lora");
        Model model = OfKeras();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                model.Weights.Select(w => (w.Path, w.Shape.ToString(), w.Trainable)),
                Is.EqualTo(
                    entry["weights"]!
                        .AsArray()
                        .Select(w =>
                            (
                                w!["path"]!.GetValue<string>(),
                                new Shape([.. w["shape"]!.AsArray().Select(s => (int?)s!.GetValue<int>())]).ToString(),
                                w["trainable"]!.GetValue<bool>()
                            )
                        )
                )
            );
            Assert.That(model.CountParams(), Is.EqualTo(119));
            Assert.That(model.TrainableWeights.Sum(w => w.Shape.ElementCount), Is.EqualTo(56));
            Assert.That(model.NonTrainableWeights.Sum(w => w.Shape.ElementCount), Is.EqualTo(63));
            Assert.That(model.Weights.Where(w => w.Name == "lora_kernel_b").SelectMany(Values), Is.All.Zero);
            Assert.That(model.Weights.Where(w => w.Name == "lora_kernel_a").SelectMany(Values), Is.All.Not.Zero);
        }
    }

    // Keras computed y before it saved the sum of kernel and product: any other kernel and product with that sum give it, too.
    [Test]
    public void It_computes_what_Keras_does_from_a_kernel_and_a_product()
    {
        Model model = OfKeras();
        using DisposeScope scope = NewDisposeScope();
        foreach (Dense dense in model.Layers.Cast<Dense>())
        {
            (Variable kernel, Variable a, Variable b) = Parts(dense);
            a.Assign(randn(a.Shape.ToSizes()));
            b.Assign(randn(b.Shape.ToSizes()));
            kernel.Assign(kernel.Value.sub(a.Value.matmul(b.Value)).detach());
        }

        using NDArray y = model.Predict(ModelFixtures.Array("lora/x/0"));
        Assert.That(y.ToArray<float>(), Is.EqualTo(ModelFixtures.Array("lora/y/0").ToArray<float>()).Within(1e-5f));
    }

    [TestCase(null, 1.0)]
    [TestCase(6.0, 3.0)]
    [TestCase(-1.0, -0.5)]
    public void The_product_has_the_factor_alpha_over_rank(double? alpha, double factor)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (bool isArgument in (bool[])[true, false])
        {
            Dense dense = isArgument ? new Dense(5, lora_rank: 2, lora_alpha: alpha) : new Dense(5);
            _ = new Sequential(new Input(3), dense);
            if (!isArgument)
            {
                dense.EnableLora(2, alpha);
            }

            (Variable kernel, Variable a, Variable b) = Parts(dense);
            b.Assign(randn(2, 5));
            Tensor expected = X.matmul(kernel.Value.add(a.Value.matmul(b.Value).mul(factor)));
            Assert.That(Largest(dense.Call(X).sub(expected)), Is.LessThan(1e-6));
            Assert.That((dense.LoraRank, dense.LoraAlpha), Is.EqualTo((2, alpha ?? 2)));
        }
    }

    // (window, channels, rank) times (rank, filters) is what a convolution with the summed kernel has.
    [TestCase("channels_last")]
    [TestCase("channels_first")]
    public void A_convolution_computes_with_the_sum(string format)
    {
        using DisposeScope scope = NewDisposeScope();
        var adapted = new Conv2D(4, (2, 3), data_format: format, padding: "same", groups: 2, lora_rank: 3, lora_alpha: 6);
        var plain = new Conv2D(4, (2, 3), data_format: format, padding: "same", groups: 2);
        Tensor x = randn(2, 6, 6, 6);
        Tensor before = adapted.Call(x);
        _ = plain.Call(x);
        (Variable kernel, Variable a, Variable b) = Parts(adapted);
        Assert.That((a.Shape, b.Shape), Is.EqualTo(((Shape)(2, 3, 3, 3), (Shape)(3, 4))));
        plain.Weights[0].Assign(kernel.Value);
        Assert.That(Largest(plain.Call(x).sub(before)), Is.LessThan(1e-6), "b is zero");
        b.Assign(randn(3, 4));
        plain.Weights[0].Assign(kernel.Value.add(einsum("hwcr,rf->hwcf", a.Value, b.Value).mul(2)).detach());
        Assert.That(Largest(plain.Call(x).sub(adapted.Call(x))), Is.LessThan(2e-5));
    }

    [Test]
    public void Training_changes_what_stands_in_place_of_the_kernel()
    {
        Sequential model = Adapted();
        (Variable kernel, Variable a, Variable b) = Parts(model.Layers[^2]);
        model.Trainable = false;
        model.Trainable = true;
        double[] before = [.. Values(kernel)];
        double[] first = [.. Values(a)];
        model.Fit(X, Y, epochs: 3, verbose: 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Values(kernel), Is.EqualTo(before));
            Assert.That(Values(a), Is.Not.EqualTo(first));
            Assert.That(Values(b), Has.Some.Not.Zero);
            Assert.That(model.TrainableWeights, Does.Contain(b).And.Not.Contains(kernel));
        }
    }

    [Test]
    public void A_compiled_model_is_to_be_compiled_again()
    {
        var model = new Sequential(new Input(3), new Dense(2, activation: "softmax"));
        model.Compile("sgd", loss: "sparse_categorical_crossentropy");
        model.Fit(X, Y, verbose: 0);
        ((Dense)model.Layers[^1]).EnableLora(1);
        Assert.That(() => model.Fit(X, Y, verbose: 0), Throws.ArgumentException.With.Message.Contains("call Compile again"));
        model.Compile("sgd", loss: "sparse_categorical_crossentropy");
        Assert.That(() => model.Fit(X, Y, verbose: 0), Throws.Nothing);
    }

    [Test]
    public void A_file_holds_the_sum_and_a_loaded_model_begins_there()
    {
        Sequential model = Adapted();
        model.Fit(X, Y, epochs: 3, verbose: 0);
        using NDArray expected = model.Predict(X);
        double[] kept = [.. model.Weights.SelectMany(Values)];
        model.Save(_folder["a.keras"]);
        Assert.That(model.Weights.SelectMany(Values), Is.EqualTo(kept), "saving changes nothing");

        var loaded = Model.Load(_folder["a.keras"]);
        (Variable _, Variable a, Variable b) = Parts(loaded.Layers[^2]);
        using NDArray y = loaded.Predict(X);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(y.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()).Within(1e-6f));
            Assert.That(Values(b), Is.All.Zero);
            Assert.That(Values(a), Is.All.Not.Zero, "or nothing could be trained");
            Assert.That(((Dense)loaded.Layers[^2]).LoraAlpha, Is.EqualTo(8));
            Assert.That(() => loaded.Fit(X, Y, verbose: 0), Throws.Nothing);
        }

        // What was trained before is not added once more.
        model.LoadWeights(_folder["a.keras"]);
        using NDArray again = model.Predict(X);
        Assert.That(again.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()).Within(1e-6f));
    }

    [Test]
    public void An_h5_holds_all_weights_apart()
    {
        Sequential model = Adapted();
        model.Fit(X, Y, epochs: 3, verbose: 0);
        model.Save(_folder["a.h5"]);
        Assert.That(Model.Load(_folder["a.h5"]).Weights.SelectMany(Values), Is.EqualTo(model.Weights.SelectMany(Values)));
    }

    [Test]
    public void Configurations_have_the_keys_last_and_only_where_there_is_a_rank()
    {
        string[] keys = [.. new Dense(2, lora_rank: 3).GetConfig().Select(p => p.Key)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(keys[^3..], Is.EqualTo(new[] { "quantization_config", "lora_rank", "lora_alpha" }));
            Assert.That(new Conv1D(2, 2).GetConfig().ContainsKey("lora_rank"), Is.False);
            Assert.That(new Dense(2).GetConfig().ContainsKey("lora_alpha"), Is.False);
            var read = (Conv1D)KerasSerializer.Deserialize<Layer>(KerasSerializer.Serialize(new Conv1D(2, 2, lora_rank: 3, lora_alpha: 5)));
            Assert.That((read.LoraRank, read.LoraAlpha), Is.EqualTo((3, 5.0)));
        }
    }

    [Test]
    public void What_cannot_be_adapted_is_refused_and_stays_as_it_is()
    {
        var bounded = new Dense(2, kernel_constraint: new NonNeg());
        var dense = new Dense(2);
        Assert.That(() => dense.EnableLora(1), Throws.InvalidOperationException.With.Message.Contains("no weights yet"));
        _ = new Sequential(new Input(3), bounded, dense);
        dense.EnableLora(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => dense.EnableLora(1), Throws.InvalidOperationException.With.Message.Contains("once"));
            Assert.That(() => bounded.EnableLora(1), Throws.InvalidOperationException.With.Message.Contains("NonNeg"));
            Assert.That(() => new Dense(2, lora_rank: 1, kernel_constraint: "non_neg"), Throws.ArgumentException);
            Assert.That(() => new Dense(2, lora_alpha: 1), Throws.ArgumentException.With.Message.Contains("lora_rank"));
            Assert.That(() => new Dense(2, lora_rank: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(dense.Weights, Has.Count.EqualTo(4));
            Assert.That(bounded.Weights, Has.Count.EqualTo(2));
        }

        // A failure on the way leaves nothing behind.
        var other = new Dense(2);
        _ = new Sequential(new Input(3), other);
        long before = LiveTensors.Count;
        Assert.That(() => other.EnableLora(1, b_initializer: new Failing()), Throws.TypeOf<NotSupportedException>());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(LiveTensors.Count, Is.EqualTo(before));
            Assert.That(other.Weights, Has.Count.EqualTo(2));
            Assert.That(other.TrainableWeights, Has.Count.EqualTo(2));
            Assert.That(() => other.EnableLora(1), Throws.Nothing);
        }
    }

    [Test]
    public void A_file_cannot_ask_for_any_rank()
    {
        JsonObject config = OfKeras().GetConfig();
        config["layers"]![1]!["config"]!["lora_rank"] = 100_000_000;
        using IDisposable file = UninitializedWeights.Allow(1e6);
        Assert.That(() => Sequential.FromConfig(config), Throws.ArgumentException.With.Message.Contains("lora_kernel_a"));
    }

    [TestCase("float32")]
    [TestCase("mixed_bfloat16")]
    [TestCase("float16")]
    public void It_leaves_no_tensors_and_is_trained_in_float32(string dtype)
    {
        var model = new Sequential(new Input(3), new Dense(2, dtype: dtype, lora_rank: 2), new Softmax(dtype: "float32"));
        model.Compile(new SGD(0.1), loss: "sparse_categorical_crossentropy");
        Assert.That(
            model.Weights.Where(w => w.Name.StartsWith("lora", StringComparison.Ordinal)).Select(w => w.DType),
            Is.All.EqualTo(float32)
        );
        using Tensor x = X;
        using Tensor y = Y;
        string path = _folder[dtype + ".keras"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(LiveTensors.LeftBy(() => model.Fit(x, y, verbose: 0)), Is.Zero);
            Assert.That(LiveTensors.LeftBy(() => model.Predict(x).Dispose()), Is.Zero);
            Assert.That(LiveTensors.LeftBy(() => model.Save(path)), Is.Zero);
            Assert.That(LiveTensors.LeftBy(() => model.LoadWeights(path)), Is.Zero);
            Assert.That(LiveTensors.LeftBy(() => Model.Load(path).Release()), Is.Zero);
        }
    }

    private static (Variable Kernel, Variable A, Variable B) Parts(Layer layer) =>
        (
            layer.Weights.Single(w => w.Name == "kernel"),
            layer.Weights.Single(w => w.Name == "lora_kernel_a"),
            layer.Weights.Single(w => w.Name == "lora_kernel_b")
        );

    private static Sequential Adapted()
    {
        var model = new Sequential(new Input(3), new Dense(6, activation: "relu"), new Dense(2, activation: "softmax"));
        ((Dense)model.Layers[^2]).EnableLora(2, lora_alpha: 8);
        model.Compile(new Adam(0.01), loss: "sparse_categorical_crossentropy");
        return model;
    }

    private static IEnumerable<double> Values(Variable weight) => weight.Value.detach().to(ScalarType.Float64).data<double>().ToArray();

    private static double Largest(Tensor difference) => difference.abs().max().to(float64).item<double>();

    private Model OfKeras() => Model.Load(_folder.Write(ModelFixtures.Bytes("lora.keras"), "lora.keras"));

    private sealed class Failing : Initializers.Initializer
    {
        public override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32) => throw new NotSupportedException("no");
    }
}
