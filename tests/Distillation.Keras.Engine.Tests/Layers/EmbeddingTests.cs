using System.Text.Json.Nodes;
using Distillation.Keras.Constraints;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Rows of tables by index: which indices there are, masks, first values, low-rank adaptation.</summary>
[TestFixture]
public sealed class EmbeddingTests
{
    private readonly TemporaryFolder _folder = new();
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [OneTimeTearDown]
    public void TearDown() => _folder.Dispose();

    private static Embedding Counting(bool mask_zero = false, string? dtype = null)
    {
        Embedding layer = new(5, 2, mask_zero: mask_zero, dtype: dtype is null ? null : new DTypePolicy(dtype));
        layer.Call(zeros(1, 1, int32));
        layer.Weights[0].Assign(arange(10, float32).reshape(5, 2));
        return layer;
    }

    [Test]
    public void Rows_are_those_of_the_indices_and_negative_ones_count_from_the_end()
    {
        Embedding layer = Counting();
        foreach (
            ScalarType type in (ScalarType[])[ScalarType.Int32, ScalarType.Int64, ScalarType.Int8, ScalarType.Float32, ScalarType.Float64]
        )
        {
            Tensor y = layer.Call(tensor(new[] { 3, 0, -1, -5 }).reshape(2, 2).to(type));
            Assert.That(y.shape, Is.EqualTo(new long[] { 2, 2, 2 }), $"{type}");
            Assert.That(y.data<float>().ToArray(), Is.EqualTo((float[])[6, 7, 0, 1, 8, 9, 0, 1]), $"{type}");
        }
    }

    [Test]
    public void Fractions_are_cut_off() =>
        Assert.That(Counting().Call(tensor((float[])[1.7f, 2.2f])).data<float>().ToArray(), Is.EqualTo((float[])[2, 3, 4, 5]));

    [TestCase(5, "the index 5")]
    [TestCase(-6, "the index -6")]
    public void An_index_without_a_row_is_refused(int index, string message) =>
        Assert.That(
            () => Counting().Call(tensor((int[])[0, index])),
            Throws.ArgumentException.With.Message.Contains(message).And.Message.Contains("5 rows").And.Message.Contains("0 to 4")
        );

    [Test]
    public void Where_nobody_can_ask_an_index_without_a_row_gives_NaN()
    {
        Tensor table = arange(10, float32).reshape(5, 2).requires_grad_();
        Tensor rows = RowLookup.OrNaN(table, tensor((long[])[1, 5, -1]));
        rows[0].sum().backward();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows[0].data<float>().ToArray(), Is.EqualTo((float[])[2, 3]));
            Assert.That(rows[1..].isnan().all().item<bool>(), Is.True);
            Assert.That(table.grad!.data<float>().ToArray(), Is.EqualTo((float[])[0, 0, 1, 1, 0, 0, 0, 0, 0, 0]));
        }
    }

    [Test]
    public void The_gradient_of_a_row_is_the_sum_over_its_uses()
    {
        Embedding layer = Counting();
        Tensor y = layer.Call(tensor((int[])[1, 3, 1, -2]));
        y.mul(tensor((float[])[1, 2, 10, 20, 100, 200, 1000, 2000]).reshape(4, 2)).sum().backward();
        Assert.That(layer.Weights[0].Value.grad!.data<float>().ToArray(), Is.EqualTo((float[])[0, 0, 101, 202, 0, 0, 1010, 2020, 0, 0]));
    }

    [Test]
    public void The_index_0_is_padding_where_it_is_said()
    {
        LayerOutputs masked = Counting(mask_zero: true).CallAll(new LayerInputs<Tensor>(tensor((int[])[1, 0, 3]).reshape(1, 3)));
        LayerOutputs plain = Counting().CallAll(new LayerInputs<Tensor>(tensor((int[])[1, 0, 3]).reshape(1, 3)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(masked.Mask(0)!.data<bool>().ToArray(), Is.EqualTo((bool[])[true, false, true]));
            Assert.That(plain.Mask(0), Is.Null);
        }
    }

    [Test]
    public void A_mask_goes_on_to_the_layers_behind()
    {
        Sequential model = new(new Input(new Shape(3), dtype: "int32"), Counting(mask_zero: true), new GlobalAveragePooling1D());
        using NDArray y = model.Predict(
            new[,]
            {
                { 1, 0, 3 },
            }
        );
        Assert.That(y.ToArray<float>(), Is.EqualTo((float[])[4, 5]));
    }

    [Test]
    public void Large_indices_are_exact_whatever_the_layer_computes_in()
    {
        Embedding layer = new(4097, 1, dtype: "mixed_float16");
        layer.Call(zeros(1, int64));
        layer.Weights[0].Assign(arange(4097, float32).reshape(4097, 1).remainder(7));
        Tensor y = layer.Call(tensor((float[])[4095, 4096]));
        Assert.That(y.dtype, Is.EqualTo(ScalarType.Float16));
        Assert.That(y.to(float32).data<float>().ToArray(), Is.EqualTo((float[])[4095 % 7, 4096 % 7]));
    }

    [Test]
    public void First_values_may_be_given()
    {
        NDArray table = np.arange(10).astype(NPTypeCode.Single).reshape(5, 2);
        Embedding layer = new(5, 2, weights: table);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(layer.Built, Is.True);
            Assert.That(layer.Call(tensor((int[])[4])).data<float>().ToArray(), Is.EqualTo((float[])[8, 9]));
            Assert.That(layer.GetConfig().ContainsKey("weights"), Is.False);
            Assert.That(
                () => new Embedding(4, 2, weights: table),
                Throws.ArgumentException.With.Message.Contains("(4, 2)").And.Message.Contains("(5, 2)")
            );
        }
    }

    [Test]
    public void Low_rank_adaptation_trains_two_small_matrices()
    {
        Embedding layer = new(6, 4, lora_rank: 2, lora_alpha: 3);
        Tensor x = tensor((int[])[1, 5, 0]);
        Tensor plain = layer.Call(x);
        Variable[] weights = [.. layer.Weights];
        Assert.That(
            weights.Select(w => w.Name),
            Is.EqualTo((string[])["lora_embeddings_a", "lora_embeddings_b", "embeddings"])
                .Or.EqualTo((string[])["embeddings", "lora_embeddings_a", "lora_embeddings_b"])
        );
        Variable table = weights.Single(w => w.Name == "embeddings");
        (Variable a, Variable b) = (weights.Single(w => w.Name == "lora_embeddings_a"), weights.Single(w => w.Name == "lora_embeddings_b"));
        Assert.That(layer.TrainableWeights, Is.EquivalentTo((Variable[])[a, b]));
        Assert.That(plain.Matches(table.Value[x.to(int64)]), Is.True);
        b.Assign(KerasDigest.Pattern([2, 4]));
        Tensor expected = (table.Value + (1.5f * a.Value.matmul(b.Value)))[x.to(int64)];
        Assert.That((layer.Call(x) - expected).abs().max().item<float>(), Is.LessThan(1e-6f));
    }

    [Test]
    public void An_adapted_table_is_saved_as_the_sum()
    {
        Sequential model = new(new Input(new Shape(3), dtype: "int32"), new Embedding(6, 4, lora_rank: 2), new Flatten());
        model.Weights.Single(w => w.Name == "lora_embeddings_b").Assign(ones(2, 4));
        int[,] x =
        {
            { 0, 3, 5 },
        };
        foreach (string file in (string[])["lora.keras", "lora.weights.h5"])
        {
            string path = _folder[file];
            if (file == "lora.keras")
            {
                model.Save(path);
            }
            else
            {
                model.SaveWeights(path);
            }

            Model read = file == "lora.keras" ? Model.Load(path) : Model.FromJson(model.ToJson());
            if (file != "lora.keras")
            {
                read.LoadWeights(path);
            }

            Assert.That(read.Predict(x).ToArray<float>(), Is.EqualTo(model.Predict(x).ToArray<float>()).Within(1e-6), file);
        }
    }

    [TestCase("embedding.keras")]
    [TestCase("embedding.h5")]
    public void A_model_with_padding_is_saved_and_read(string file)
    {
        Sequential model = new(
            new Input(new Shape(4), dtype: "int64"),
            new Embedding(7, 3, mask_zero: true, embeddings_regularizer: "l2", embeddings_constraint: new MaxNorm(2)),
            new GlobalAveragePooling1D(),
            new Dense(2)
        );
        string path = _folder[file];
        model.Save(path);
        Model read = Model.Load(path);
        long[,] x =
        {
            { 1, 6, 0, 0 },
            { 2, 3, 4, 0 },
        };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Predict(x).ToArray<float>(), Is.EqualTo(model.Predict(x).ToArray<float>()).Within(1e-6));
            Assert.That(read.Layers[0].GetConfig().ToJsonString(), Is.EqualTo(model.Layers[0].GetConfig().ToJsonString()));
        }
    }

    [Test]
    public void An_embedding_of_Keras_1_is_read()
    {
        const string Old = """
            {"class_name": "Sequential", "config": [{"class_name": "Embedding", "config": {"name": "embedding_1", "trainable": true,
            "batch_input_shape": [null, 6], "input_dtype": "int32", "input_dim": 12, "output_dim": 4, "init": "uniform",
            "input_length": 6, "mask_zero": true, "activity_regularizer": null, "W_regularizer": null, "W_constraint": null,
            "dropout": 0.0}}]}
            """;
        JsonObject config = Distillation.Keras.Files.Legacy.LegacyConfig.Model((JsonObject)JsonNode.Parse(Old)!);
        Embedding layer = (Embedding)KerasSerializer.Deserialize<Model>(config).Layers[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(layer.MaskZero, Is.True);
            Assert.That(layer.EmbeddingsInitializer.GetConfig()["maxval"]!.GetValue<double>(), Is.EqualTo(0.05));
            Assert.That(layer.Weights[0].Shape, Is.EqualTo(new Shape(12, 4)));
        }
    }

    [Test]
    public void Wrong_arguments_are_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new Embedding(0, 2), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("input_dim"));
            Assert.That(() => new Embedding(2, -1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("output_dim"));
            Assert.That(
                () => new Embedding(5, 2, lora_rank: 1, embeddings_constraint: new MaxNorm()),
                Throws.ArgumentException.With.Message.Contains("embeddings_constraint")
            );
            Assert.That(() => new Embedding(5, 2, lora_alpha: 1), Throws.ArgumentException.With.Message.Contains("lora_rank"));
            Assert.That(
                () => new Embedding(5, 2, quantization_config: []),
                Throws.ArgumentException.With.Message.Contains("quantization_config")
            );
            Assert.That(() => new Embedding(5, 2).EnableLora(1), Throws.InvalidOperationException);
        }
    }
}
