using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Models;

/// <summary>
/// Policies of weights and computation, against models that real Keras trained under them (tests/Fixtures/models/policies.json).
/// </summary>
public sealed class PolicyTests
{
    private static readonly string[] Halves = ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16"];

    private static JsonObject Fixture(string name) =>
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Fixtures", "models", "policies.json")))![name]!.AsObject();

    private static Tensor Read(JsonNode node)
    {
        float[] values = [.. node["values"]!.AsArray().Select(v => (float)v!.GetValue<double>())];
        return tensor(values).reshape([.. node["shape"]!.AsArray().Select(s => (long)s!.GetValue<int>())]);
    }

    private static Model Load(JsonObject fixture)
    {
        var model = (Model)Model.FromJson(fixture["config"]!.ToJsonString());
        foreach ((Variable weight, JsonNode? value) in model.Weights.Zip(fixture["weights"]!.AsArray()))
        {
            Assert.That(weight.Path, Does.EndWith(value!["path"]!.GetValue<string>().Split('/')[^1]));
            weight.Assign(Read(value));
        }

        return model;
    }

    private static double Largest(Tensor difference) => difference.abs().max().to(float64).item<double>();

    [TestCase("float32", "Float32", "Float32")]
    [TestCase("float64", "Float64", "Float64")]
    [TestCase("float16", "Float16", "Float16")]
    [TestCase("bfloat16", "BFloat16", "BFloat16")]
    [TestCase("mixed_float16", "Float32", "Float16")]
    [TestCase("mixed_bfloat16", "Float32", "BFloat16")]
    public void A_policy_says_how_weights_are_kept_and_what_is_computed_in(string name, string variable, string compute)
    {
        var policy = new DTypePolicy(name);
        Assert.That((policy.Name, policy.VariableType.ToString(), policy.ComputeType.ToString()), Is.EqualTo((name, variable, compute)));
        var layer = new Dense(3, dtype: name);
        using Tensor y = layer.Call(ones(2, 4));
        Assert.That(layer.Weights.Select(w => w.DType), Is.All.EqualTo(policy.VariableType));
        Assert.That(y.dtype, Is.EqualTo(policy.ComputeType));
    }

    [TestCase("int16")]
    [TestCase("int32")]
    [TestCase("int64")]
    [TestCase("uint8")]
    public void A_policy_of_integers_is_for_counts_and_no_layer_with_weights_takes_it(string name)
    {
        var policy = new DTypePolicy(name);
        Assert.That((policy.Name, policy.VariableType, policy.ComputeType), Is.EqualTo((name, policy.ComputeType, policy.VariableType)));
        Assert.That(policy.ComputeType.ToString(), Is.EqualTo(name == "uint8" ? "Byte" : $"I{name[1..]}"));
        Assert.That(() => new Dense(3, dtype: name), Throws.ArgumentException.With.Message.Contains($"but \"{name}\" was given"));
    }

    [Test]
    public void A_policy_without_a_name_is_that_of_float32() => Assert.That(new DTypePolicy().Name, Is.EqualTo("float32"));

    [TestCase("bool")]
    [TestCase("float8")]
    [TestCase("mixed_float32")]
    [TestCase("")]
    [TestCase("Float32")]
    public void Other_names_are_refused(string name) =>
        Assert.That(
            () => new DTypePolicy(name),
            Throws
                .ArgumentException.With.Message.Contains($"\"{name}\" was given")
                .And.Message.Contains("\"mixed_bfloat16\"")
                .And.Message.Contains("\"float64\"")
        );

    [Test]
    public void A_policy_is_written_as_Keras_does_and_read_in_both_forms()
    {
        JsonObject config = new Dense(2, dtype: "mixed_float16").GetConfig();
        Assert.That(
            config["dtype"]!.ToJsonString(),
            Is.EqualTo("""{"module":"keras","class_name":"DTypePolicy","config":{"name":"mixed_float16"},"registered_name":null}""")
        );
        string json = new Sequential(new Input(3), new Dense(2, dtype: "mixed_bfloat16")).ToJson();
        Assert.That(((Model)Model.FromJson(json)).Layers[^1].Dtype.Name, Is.EqualTo("mixed_bfloat16"));
        string shortForm = json.Replace(
                """{"module":"keras","class_name":"DTypePolicy","config":{"name":"mixed_bfloat16"},"registered_name":null}""",
                "\"mixed_bfloat16\"",
                StringComparison.Ordinal
            )
            .Replace(
                """{"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_bfloat16"}, "registered_name": null}""",
                "\"mixed_bfloat16\"",
                StringComparison.Ordinal
            );
        Assert.That(shortForm, Is.Not.EqualTo(json));
        Assert.That(((Model)Model.FromJson(shortForm)).Layers[^1].Dtype.Name, Is.EqualTo("mixed_bfloat16"));
    }

    [TestCase("mixed_float16")]
    [TestCase("mixed_bfloat16")]
    [TestCase("mixed_float16_global")]
    public void Outputs_are_those_of_Keras(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonObject fixture = Fixture(name);
        Model model = Load(fixture);
        Tensor x = Read(fixture["x"]!);
        Tensor expected = Read(fixture["y"]!);
        Tensor y = model.Call(x);
        Assert.That(model.Outputs[0].DType, Is.EqualTo(fixture["output_dtype"]!.GetValue<string>()));
        Assert.That(y.dtype.ToString().ToLowerInvariant(), Is.EqualTo(model.Outputs[0].DType));
        Assert.That(Largest(y.to(float32).sub(expected)), Is.LessThan(name == "mixed_bfloat16" ? 8e-3 : 1e-3));
        using NDArray predicted = model.Predict(x);
        Assert.That(predicted.shape, Is.EqualTo(expected.shape));
    }

    [TestCase("mixed_float16", 2e-3)]
    [TestCase("mixed_bfloat16", 1e-2)]
    public void Training_goes_on_as_in_Keras(string name, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonObject fixture = Fixture(name);
        Model model = Load(fixture);
        model.CompileFromConfig(fixture["compile_config"]!.DeepClone().AsObject());
        model.Optimizer.Build(model.TrainableWeights);
        Optimizer updating = model.Optimizer is LossScaleOptimizer scaling ? scaling.InnerOptimizer : model.Optimizer;
        Assert.That(model.Optimizer is LossScaleOptimizer, Is.EqualTo(name == "mixed_float16"));
        foreach ((Variable variable, JsonNode? value) in updating.Variables.Zip(fixture["optimizer"]!.AsArray()))
        {
            variable.Assign(Read(value!).to(variable.DType));
        }

        foreach (JsonNode? loss in fixture["losses"]!.AsArray())
        {
            Logs logs = model.TrainOnBatch(Read(fixture["train_x"]!), Read(fixture["train_y"]!).to(int64));
            Assert.That(logs["loss"], Is.EqualTo(loss!.GetValue<double>()).Within(tolerance));
        }

        foreach ((Variable weight, JsonNode? value) in model.Weights.Zip(fixture["after"]!.AsArray()))
        {
            Assert.That(weight.DType, Is.EqualTo(float32));
            Assert.That(Largest(weight.Value.sub(Read(value!))), Is.LessThan(tolerance), weight.Path);
        }

        Assert.That(updating.Variables.Where(v => v.Shape.Rank > 0).Select(v => v.DType), Is.All.EqualTo(float32));
    }

    private static IEnumerable<TestCaseData> EachLayer()
    {
        (string Name, Func<DTypePolicy, Layer> Make, Shape Input)[] layers =
        [
            ("Dense", p => new Dense(4, activation: "gelu", dtype: p), (3, 5)),
            ("Dense of sequences", p => new Dense(4, activation: "softmax", dtype: p), (3, 2, 5)),
            ("Conv1D", p => new Conv1D(4, 3, padding: "causal", activation: "relu", dtype: p), (2, 8, 3)),
            ("Conv2D", p => new Conv2D(4, 3, padding: "same", strides: 2, dtype: p), (2, 8, 8, 3)),
            ("Conv2D alone", p => new Conv2D(4, 3, dtype: p), (1, 8, 8, 3)),
            ("Conv3D", p => new Conv3D(2, 2, dtype: p), (2, 4, 4, 4, 2)),
            ("BatchNormalization", p => new BatchNormalization(dtype: p), (4, 5)),
            ("BatchNormalization of images", p => new BatchNormalization(dtype: p), (2, 4, 4, 3)),
            ("MaxPooling1D", p => new MaxPooling1D(2, dtype: p), (2, 8, 3)),
            ("MaxPooling2D", p => new MaxPooling2D(2, padding: "same", dtype: p), (2, 7, 7, 3)),
            ("MaxPooling3D", p => new MaxPooling3D(2, dtype: p), (2, 4, 4, 4, 3)),
            ("AveragePooling1D", p => new AveragePooling1D(2, dtype: p), (2, 8, 3)),
            ("AveragePooling2D", p => new AveragePooling2D(2, padding: "same", dtype: p), (2, 7, 7, 3)),
            ("AveragePooling3D", p => new AveragePooling3D(2, dtype: p), (2, 4, 4, 4, 3)),
            ("GlobalAveragePooling2D", p => new GlobalAveragePooling2D(dtype: p), (2, 7, 7, 3)),
            ("GlobalMaxPooling2D", p => new GlobalMaxPooling2D(dtype: p), (2, 7, 7, 3)),
            ("UpSampling2D", p => new UpSampling2D(2, dtype: p), (2, 3, 3, 2)),
            ("UpSampling2D bilinear", p => new UpSampling2D(2, interpolation: "bilinear", dtype: p), (2, 3, 3, 2)),
            ("ZeroPadding2D", p => new ZeroPadding2D(1, dtype: p), (2, 3, 3, 2)),
            ("Cropping2D", p => new Cropping2D(1, dtype: p), (2, 4, 4, 2)),
            ("Flatten", p => new Flatten(dtype: p), (2, 4, 4, 2)),
            ("Reshape", p => new Reshape((4, 8), dtype: p), (2, 4, 4, 2)),
            ("Rescaling", p => new Rescaling(0.5, 0.25, dtype: p), (2, 4)),
            ("Softmax", p => new Softmax(dtype: p), (2, 4)),
            ("ReLU", p => new ReLU(negative_slope: 0.1, dtype: p), (2, 4)),
        ];
        string[] activations =
        [
            "relu",
            "sigmoid",
            "tanh",
            "softmax",
            "log_softmax",
            "softplus",
            "softsign",
            "selu",
            "elu",
            "gelu",
            "silu",
            "hard_sigmoid",
            "hard_silu",
            "exponential",
            "leaky_relu",
            "relu6",
            "celu",
            "mish",
        ];
        IEnumerable<(string, Func<DTypePolicy, Layer>, Shape)> all = layers.Concat(
            activations.Select(a => (a, (Func<DTypePolicy, Layer>)(p => new Activation(a, dtype: p)), (Shape)(3, 5)))
        );
        return all.SelectMany(l => Halves.Select(p => new TestCaseData(l.Item2, l.Item3, p).SetArgDisplayNames(l.Item1, p)));
    }

    [TestCaseSource(nameof(EachLayer))]
    public void Each_layer_computes_in_sixteen_bits_what_it_computes_in_float32(Func<DTypePolicy, Layer> make, Shape shape, string policy)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = new DTypePolicy(policy).ComputeType;
        using var generator = new torch.Generator(3);
        Tensor x = randn(shape.ToSizes(), generator: generator).to(type).to(float32).requires_grad_();
        Layer wide = make("float32");
        Layer narrow = make(policy);
        Tensor expected = wide.Call(x, training: true);
        _ = narrow.Call(x.detach());
        narrow.SetWeights(wide.GetWeights());
        foreach (Variable weight in wide.Weights)
        {
            // Both compute with the same numbers; the statistics of the batch above are forgotten.
            weight.Assign(weight.Value.to(type).to(float32));
        }

        expected = wide.Call(x, training: true);
        expected.sum().backward();
        Tensor xGrad = x.grad!.clone();
        Tensor[] grads = [.. wide.TrainableWeights.Select(w => w.Value.grad!.clone())];
        x.grad = null;
        Tensor y = narrow.Call(x, training: true);
        y.to(float32).sum().backward();
        double tolerance = type == float16 ? 4e-3 : 3e-2;
        Assert.That(y.dtype, Is.EqualTo(type));
        Assert.That(Largest(y.to(float32).sub(expected)) / Math.Max(1, Largest(expected)), Is.LessThan(tolerance));
        Assert.That(Largest(x.grad!.to(float32).sub(xGrad)) / Math.Max(1, Largest(xGrad)), Is.LessThan(tolerance * 2));
        foreach ((Variable weight, Tensor gradient) in narrow.TrainableWeights.Zip(grads))
        {
            Assert.That(weight.Value.grad!.dtype, Is.EqualTo(weight.DType));
            Assert.That(
                Largest(weight.Value.grad!.to(float32).sub(gradient)) / Math.Max(1, Largest(gradient)),
                Is.LessThan(tolerance * 2),
                weight.Path
            );
        }
    }

    [Test]
    public void Numbers_beyond_float16_are_refused()
    {
        var model = new Sequential(new Input(2), new Dense(1, dtype: "mixed_float16"));
        model.Compile("sgd", "mse");
        Assert.That(
            () =>
                model.Predict(
                    new[,]
                    {
                        { 1f, 1e5f },
                    }
                ),
            Throws.ArgumentException.With.Message.Contains("65504").And.Message.Contains("100000")
        );
        Assert.That(() => new Dense(1, dtype: "float16").Call(full(1, 2, 1e5f)), Throws.ArgumentException.With.Message.Contains("65504"));
        using NDArray fits = model.Predict(
            new[,]
            {
                { 1f, 6e4f },
            }
        );
        Assert.That(fits.shape, Is.EqualTo(new long[] { 1, 1 }));
    }

    [Test]
    public void Statistics_are_taken_in_float32()
    {
        // Squares of 300 are beyond float16.
        var layer = new BatchNormalization(momentum: 0.0, dtype: "mixed_float16");
        using Tensor y = layer.Call(tensor(new[] { 300f, -300f, 300f, -300f }).reshape(4, 1), training: true);
        Assert.That(layer.Weights[^1].Value.item<float>(), Is.EqualTo(90000f).Within(1f));
        Assert.That(y.to(float32).abs().data<float>().ToArray(), Is.All.EqualTo(1f).Within(1e-3f));
    }
}
