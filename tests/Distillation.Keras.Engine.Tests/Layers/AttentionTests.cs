using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>What the fixtures of attention layers do not hold: refusals, dropout, gradients of rows without anything to look at.</summary>
public sealed class AttentionTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [Test]
    public void Arguments_out_of_range_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new MultiHeadAttention(0, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new MultiHeadAttention(2, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new MultiHeadAttention(2, 3, sliding_window: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(
                () => new MultiHeadAttention(2, 3, dropout: 0.1, flash_attention: true),
                Throws.ArgumentException.With.Message.Contains("flash attention computes no dropout")
            );
            Assert.That(() => new GroupQueryAttention(3, 4, 3), Throws.ArgumentException.With.Message.Contains("4 is no multiple of 3"));
            Assert.That(() => new Attention(score_mode: "sum"), Throws.ArgumentException.With.Message.Contains("\"dot\" or \"concat\""));
        }
    }

    [Test]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var q = new Input(4, 6);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new MultiHeadAttention(2, 3, name: "a").Apply(q),
                Throws.ArgumentException.With.Message.Contains("'a' is called with a query, a value and perhaps a key, but got 1")
            );
            Assert.That(
                () => new MultiHeadAttention(2, 3).Apply(q, new Input(6)),
                Throws.ArgumentException.With.Message.Contains("equally many axes")
            );
            Assert.That(
                () => new MultiHeadAttention(2, 3).Apply(q, new Input(5, 6), new Input(4, 6)),
                Throws.ArgumentException.With.Message.Contains("but the last are equal")
            );
            Assert.That(
                () => new MultiHeadAttention(2, 3, attention_axes: 2).Apply(q, q),
                Throws.ArgumentException.With.Message.Contains("neither that of the batch nor the last")
            );
            Assert.That(
                () => new Attention().Apply(q, new Input(5, 7)),
                Throws.ArgumentException.With.Message.Contains("takes a query (batch, T, d)")
            );
            Assert.That(
                () => new AdditiveAttention().Apply(q, new Input(5, 6), new Input(4, 6)),
                Throws.ArgumentException.With.Message.Contains("takes a query (batch, T, d)")
            );
        }
    }

    [Test]
    public void A_mask_of_another_shape_is_refused()
    {
        var layer = new MultiHeadAttention(2, 3, name: "a");
        LayerInputs<Tensor> call = new LayerInputs<Tensor>(rand(2, 4, 6), rand(2, 5, 6)).With(
            "attention_mask",
            ones(2, 4, 4, dtype: ScalarType.Bool)
        );
        Assert.That(() => layer.CallAll(call), Throws.ArgumentException.With.Message.Contains("broadcasts against (2, 2, 4, 5)"));
    }

    [Test]
    public void Scores_are_refused_of_flash_attention()
    {
        var layer = new MultiHeadAttention(2, 3, flash_attention: true);
        LayerInputs<Tensor> call = new LayerInputs<Tensor>(rand(2, 4, 6), rand(2, 5, 6)).With("return_attention_scores", true);
        Assert.That(() => layer.CallAll(call), Throws.ArgumentException.With.Message.Contains("flash_attention: true"));
        Assert.That(KerasSerializer.Serialize(layer).ToJsonString(), Does.Not.Contain("flash"), "Keras does not write it");
    }

    [Test]
    public void A_row_that_may_look_at_nothing_gives_the_mean_and_no_gradient()
    {
        var layer = new MultiHeadAttention(1, 6, use_bias: false);
        Tensor q = rand(1, 2, 6).requires_grad_(true);
        Tensor v = rand(1, 3, 6);
        Tensor mask = tensor(new[] { true, true, true, false, false, false }).reshape(1, 2, 3);
        Tensor output = layer.CallAll(new LayerInputs<Tensor>(q, v).With("attention_mask", mask)).Tensors[0];
        output.narrow(1, 1, 1).sum().backward();
        Tensor values = v.matmul(layer.Weights[2].Value.reshape(6, 6)).mean([1]);
        Tensor expected = values.matmul(layer.Weights[3].Value.reshape(6, 6));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(output[0, 1].sub(expected[0]).abs().max().ToDouble(), Is.LessThan(1e-5));
            Assert.That(q.grad!.abs().max().ToDouble(), Is.Zero);
        }
    }

    [Test]
    public void Dropout_drops_in_training_alone_and_by_its_seed()
    {
        Tensor x = rand(2, 8, 6);
        foreach (
            Func<Layer> make in (Func<Layer>[])
                [() => new MultiHeadAttention(2, 3, dropout: 0.5, seed: 3), () => new Attention(dropout: 0.5, seed: 3)]
        )
        {
            Layer layer = make();
            Layer same = make();
            Tensor calm = layer.CallAll([x, x])[0];
            same.CallAll([x, x]);
            same.SetWeights(layer.GetWeights());
            Tensor first = layer.CallAll([x, x], training: true)[0];
            using (Assert.EnterMultipleScope())
            {
                Assert.That(first.sub(calm).abs().max().ToDouble(), Is.GreaterThan(1e-3));
                Assert.That(same.CallAll([x, x], training: true)[0].sub(first).abs().max().ToDouble(), Is.Zero);
                Assert.That(layer.CallAll([x, x], training: true)[0].sub(first).abs().max().ToDouble(), Is.GreaterThan(1e-3));
            }
        }
    }

    [Test]
    public void The_mask_of_the_query_goes_on()
    {
        Tensor q = rand(2, 4, 6);
        Tensor mask = tensor(new[] { true, true, false, false, true, true, true, true }).reshape(2, 4);
        foreach (
            Layer layer in (Layer[])
                [new MultiHeadAttention(2, 3), new GroupQueryAttention(3, 2, 1), new Attention(), new AdditiveAttention()]
        )
        {
            LayerOutputs outputs = layer.CallAll(new LayerInputs<Tensor>(q, q).WithMasks(mask, null));
            Assert.That(outputs.Mask(0), Is.SameAs(mask), layer.Name);
        }
    }

    [Test]
    public void Grouped_heads_need_a_query_and_a_value_of_one_size() =>
        Assert.That(
            () => new GroupQueryAttention(3, 4, 2).Apply([new Input(new Shape(4, 6)), new Input(new Shape(4, 5))]),
            Throws.ArgumentException.With.Message.Contains("equally many features").And.Message.Contains("6").And.Message.Contains("5")
        );

    // What Keras 3.15.1 puts behind an attention with masks, and what sparse and ragged tensors would be.
    [TestCase("null", "null", null)]
    [TestCase("\"int32\"", "false", null)]
    [TestCase("null", "true", "sparse")]
    public void A_tensor_is_converted_to_one(string type, string sparse, string? refused)
    {
        string json = """
            {"module": "keras", "class_name": "Functional", "registered_name": "Functional", "config": {"name": "m", "trainable": true,
            "layers": [
            {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null, "name": "x", "inbound_nodes": [],
            "config": {"batch_shape": [null, 3], "dtype": "float32", "sparse": false, "ragged": false, "name": "x"}},
            {"module": "keras.src.ops.core", "class_name": "ConvertToTensor", "registered_name": "ConvertToTensor", "name": "c",
            "config": {"name": "c", "dtype": TYPE, "sparse": SPARSE, "ragged": null},
            "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 3], "dtype": "float32",
            "keras_history": ["x", 0, 0]}}], "kwargs": {}}]}],
            "input_layers": [["x", 0, 0]], "output_layers": [["c", 0, 0]]}}
            """.Replace("TYPE", type, StringComparison.Ordinal).Replace("SPARSE", sparse, StringComparison.Ordinal);
        if (refused is not null)
        {
            Assert.That(() => Model.FromJson(json), Throws.Exception.With.Message.Contains(refused));
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor y = Model
            .FromJson(json)
            .Call(
                tensor(
                    new[,]
                    {
                        { 1.5f, -2f, 3f },
                    }
                )
            );
        Assert.That(y.to(ScalarType.Float32).data<float>().ToArray(), Is.EqualTo(type == "null" ? [1.5f, -2f, 3f] : new[] { 1f, -2f, 3f }));
    }

    // An .h5 names classes as Python does: GroupedQueryAttention, which Keras exports as GroupQueryAttention.
    [TestCase("model.h5")]
    [TestCase("model.keras")]
    public void Grouped_heads_are_read_back_from_files(string name)
    {
        using var folder = new TemporaryFolder();
        var input = new Input(new Shape(4, 6));
        var model = new Model(input, new GroupQueryAttention(3, 4, 2).Apply([input, input]));
        model.Save(folder[name]);
        Model again = Model.Load(folder[name]);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(2, 4, 6);
        Assert.That(again.Call(x).data<float>().ToArray(), Is.EqualTo(model.Call(x).data<float>().ToArray()));
        again.Release();
        model.Release();
    }

    [Test]
    public void Penalties_are_those_of_the_projections()
    {
        var layer = new MultiHeadAttention(2, 3, activity_regularizer: "l2");
        Tensor x = rand(2, 4, 6);
        var losses = new List<Tensor>();
        layer.CallAll(new LayerInputs<Tensor>(x, x), losses);
        Assert.That(losses, Has.Count.EqualTo(4), "query, key, value, attention_output");
    }
}
