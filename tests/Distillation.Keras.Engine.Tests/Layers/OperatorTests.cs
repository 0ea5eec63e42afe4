using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Operators and <c>Ops</c> on tensors of a model: steps as Keras names and writes them, refusals, files, surgery.</summary>
public sealed class OperatorTests
{
    private DisposeScope _scope = null!;
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Open()
    {
        _scope = NewDisposeScope();
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void Close()
    {
        _folder.Dispose();
        _scope.Dispose();
    }

    [Test]
    public void Operators_compute_as_in_Keras()
    {
        KerasTensor x = new Input(3).Output;
        KerasTensor y = ((x * 2) + (1 - x)) / 4.0;
        var model = new Model(x, Ops.Where(y > 0.25, -y, x[.., ..1] % 2));
        using NDArray result = model.Predict(
            tensor(
                new float[,]
                {
                    { 1, -2, 3 },
                    { -5, 0, 7 },
                }
            )
        );
        Assert.That(result.ToArray<float>(), Is.EqualTo(new float[] { -0.5f, 1, -1, 1, 1, -2 }));
    }

    [Test]
    public void A_step_is_written_as_Keras_writes_it()
    {
        KerasTensor x = new Input(3).Output;
        JsonObject layer = Last(new Model(x, 2 - x));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(layer["module"]!.ToString(), Is.EqualTo("keras.src.ops.numpy"));
            Assert.That(layer["class_name"]!.ToString(), Is.EqualTo("Subtract"));
            Assert.That(layer["registered_name"]!.ToString(), Is.EqualTo("Subtract"));
            Assert.That(layer["config"]!.AsObject().Select(p => p.Key), Is.EqualTo(new[] { "name" }));
            Assert.That(layer["inbound_nodes"]![0]!["args"]![0]!.ToJsonString(), Is.EqualTo("2"));
        }

        Assert.That(Last(new Model(x, x - 2.0))["inbound_nodes"]![0]!["args"]![1]!.ToJsonString(), Is.EqualTo("2.0"));
        Assert.That(
            Last(new Model(x, x[.., ^1]))["inbound_nodes"]![0]!["args"]![1]!.ToJsonString(),
            Is.EqualTo("[{\"class_name\":\"__slice__\",\"config\":{\"start\":null,\"stop\":null,\"step\":null}},-1]")
        );
    }

    [Test]
    public void Shapes_and_arguments_that_do_not_fit_are_refused()
    {
        KerasTensor x = new Input(3).Output;
        KerasTensor y = new Input(4).Output;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => x + y, Throws.ArgumentException.With.Message.Contains("shapes that broadcast"));
            Assert.That(() => Ops.Matmul(x, y), Throws.ArgumentException.With.Message.Contains("(..., n, k) and (..., k, m)"));
            Assert.That(() => Ops.Concatenate([x, y], axis: 0), Throws.ArgumentException.With.Message.Contains("Concatenate"));
            Assert.That(() => Ops.Reshape(x, -1, -1), Throws.ArgumentException.With.Message.Contains("newshape"));
            Assert.That(() => Ops.Reshape(x, -1, 7, 11), Throws.ArgumentException.With.Message.Contains("Reshape"));
            Assert.That(() => Ops.Sum(x, axis: 2), Throws.ArgumentException.With.Message.Contains("at least -2 and below 2"));
            Assert.That(() => x[0, 0, 0], Throws.ArgumentException.With.Message.Contains("an index of at most 2 axes"));
            Assert.That(() => x[.., 3], Throws.ArgumentException.With.Message.Contains("on an axis of size 3"));
            Assert.That(() => Ops.Squeeze(x, 1), Throws.ArgumentException.With.Message.Contains("an axis of size 1"));
            Assert.That(() => Ops.Cast(x, "float31"), Throws.ArgumentException.With.Message.Contains("dtype"));
            Assert.That(() => Ops.Add(1, 2), Throws.ArgumentException.With.Message.Contains("tensors of a model"));
            Assert.That(() => x + double.NaN, Throws.ArgumentException.With.Message.Contains("finite"));
            Assert.That(() => Ops.Einsum("ab,bc->ac", x, y), Throws.ArgumentException.With.Message.Contains("of one size"));
        }
    }

    [Test]
    public void An_operation_that_is_not_known_is_refused_by_name()
    {
        KerasTensor x = new Input(3).Output;
        string json = new Model(x, -x).ToJson().Replace("\"Negative\"", "\"Bartlett\"", StringComparison.Ordinal);
        Assert.That(
            () => Model.FromJson(json),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("keras.src.ops.numpy.Bartlett")
        );
    }

    [TestCase("a.keras")]
    [TestCase("a.h5")]
    public void A_model_with_steps_is_saved_trained_and_summarised(string file)
    {
        var input = new Input(4);
        KerasTensor a = new Dense(4, "tanh", name: "a").Apply(input);
        KerasTensor z = Ops.Concatenate([Ops.Relu((a * 2) + 1.0 - tensor(new float[] { 1, 2, 3, 4 })), a[.., ..2]], axis: -1);
        var model = new Model(input, new Dense(2, name: "b").Apply(z));
        model.Compile("sgd", "mse");
        Tensor x = rand(6, 4);
        Tensor y = rand(6, 2);
        model.Fit(x, y, verbose: 0);
        model.Save(_folder[file]);
        var loaded = Model.Load(_folder[file]);
        using NDArray before = model.Predict(x);
        using NDArray after = loaded.Predict(x);
        string summary = string.Empty;
        model.Summary(line_length: 120, print_fn: t => summary += t);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.ToArray<float>(), Is.EqualTo(before.ToArray<float>()));
            Assert.That(model.Layers.Select(l => l.Name), Has.Exactly(3).Items, "operations are no layers, as in Keras");
            Assert.That(summary, Does.Contain("(Multiply)").And.Contain("(GetItem)"));
            Assert.That(loaded.ToJson(), Is.EqualTo(model.ToJson()));
        }
    }

    [Test]
    public void A_mask_may_be_a_step_of_the_graph()
    {
        var input = new Input(3, 2);
        KerasTensor mask = Ops.Any(Ops.NotEqual(input, 0.0), axis: -1);
        KerasTensor mean = new GlobalAveragePooling1D().ApplyAll(new LayerInputs<KerasTensor>(input.Output).WithMasks(mask))[0];
        var model = new Model(input, mean);
        Tensor x = tensor(new float[] { 1, 2, 3, 4, 0, 0 }).reshape(1, 3, 2);
        using NDArray result = Model.FromJson(model.ToJson()).Predict(x);
        Assert.That(result.ToArray<float>(), Is.EqualTo(new float[] { 2, 3 }));
    }

    [Test]
    public void Outputs_in_lists_of_lists_come_back_as_they_were()
    {
        KerasTensor x = new Input(3).Output;
        JsonNode json = JsonNode.Parse(new Model(x, new KerasTensors([x + 1, x * 2, -x])).ToJson())!;
        JsonArray ends = json["config"]!["output_layers"]!.AsArray();
        json["config"]!["output_layers"] = new JsonArray(
            ends[0]!.DeepClone(),
            new JsonObject { ["a"] = ends[1]!.DeepClone(), ["b"] = new JsonArray(ends[2]!.DeepClone()) }
        );
        string text = json.ToJsonString();
        Model model = Model.FromJson(text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Outputs, Has.Count.EqualTo(3));
            Assert.That(model.ToJson(), Is.EqualTo(text));
            Assert.That(
                JsonNode.Parse(model.Clone().ToJson())!["config"]!["output_layers"]!.ToJsonString(),
                Is.EqualTo(json["config"]!["output_layers"]!.ToJsonString())
            );
        }
    }

    private static JsonObject Last(Model model) => JsonNode.Parse(model.ToJson())!["config"]!["layers"]!.AsArray()[^1]!.AsObject();
}
