using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Engine.Tests.Configurations;

/// <summary>What a model was compiled with is part of its JSON, and never lost without a word.</summary>
public sealed class CompiledModelTests
{
    private static Sequential Model()
    {
        var model = new Sequential(new Input(2), new Dense(3, activation: "softmax"));
        model.Compile(
            new Adam(0.125, clipnorm: 1),
            loss: "categorical_crossentropy",
            metrics: ["accuracy", new TopKCategoricalAccuracy(2)]
        );
        return model;
    }

    [Test]
    public void A_model_that_is_read_is_compiled_as_it_was()
    {
        Sequential model = Model();
        Keras.Model read = Keras.Model.FromJson(model.ToJson());
        Assert.That(read.GetCompileConfig()!.ToJsonString(), Is.EqualTo(model.GetCompileConfig()!.ToJsonString()));
        Assert.That(read.Optimizer.LearningRate, Is.EqualTo(0.125));
        float[,] y =
        {
            { 1, 0, 0 },
            { 0, 1, 0 },
        };
        Assert.That(
            read.Fit(new float[2, 2], y, verbose: 0).Names,
            Is.SupersetOf(new[] { "loss", "accuracy", "top_k_categorical_accuracy" })
        );
    }

    [Test]
    public void A_model_within_a_model_is_compiled_as_it_was_too()
    {
        Sequential inner = Model();
        var outer = new Sequential(new Input(2), inner);
        Keras.Model read = Keras.Model.FromJson(outer.ToJson());
        Assert.That(read.GetCompileConfig(), Is.Null);
        Assert.That(((Keras.Model)read.Layers[0]).GetCompileConfig()!.ToJsonString(), Is.EqualTo(inner.GetCompileConfig()!.ToJsonString()));
    }

    [Test]
    public void Without_it_only_the_architecture_is_written_and_read()
    {
        var outer = new Sequential(new Input(2), Model());
        outer.Compile("sgd", loss: "mse");
        Assert.That(outer.ToJson(compile: false), Does.Not.Contain("Adam").And.Not.Contain("SGD"));
        Assert.That(outer.ToJson(), Does.Contain("Adam").And.Contain("SGD"), "the next time it is written again");
        Keras.Model read = Keras.Model.FromJson(outer.ToJson(), compile: false);
        Assert.That(read.GetCompileConfig(), Is.Null);
        Assert.That(((Keras.Model)read.Layers[0]).GetCompileConfig(), Is.Null);
        Assert.That(read.ToJson(), Is.EqualTo(outer.ToJson(compile: false)));
    }

    [Test]
    public void A_loss_that_is_not_to_be_scaled_is_refused_where_it_would_be()
    {
        static JsonObject Config(string optimizer) =>
            JsonNode.Parse($$"""{"optimizer": {{optimizer}}, "loss": "mse", "auto_scale_loss": false}""")!.AsObject();

        var mixed = new Sequential(new Input(2), new Dense(1, dtype: "mixed_float16"));
        Assert.That(
            () => mixed.CompileFromConfig(Config("\"sgd\"")),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("auto_scale_loss").And.Message.Contains("loss_scale_factor")
        );
        Assert.That(mixed.IsCompiled, Is.False);
        mixed.CompileFromConfig(Config("""{"class_name": "SGD", "config": {"loss_scale_factor": 1.0}}"""));
        Assert.That(mixed.Optimizer, Is.TypeOf<SGD>());
        var plain = new Sequential(new Input(2), new Dense(1));
        plain.CompileFromConfig(Config("\"sgd\""));
        Assert.That(plain.Optimizer, Is.TypeOf<SGD>());
    }

    [Test]
    public void What_holds_a_delegate_is_refused_and_not_left_out()
    {
        Sequential model = Model();
        model.Compile("sgd", loss: new LossFunctionWrapper((t, p) => (t - p).abs().mean([1]), name: "own"));
        Assert.That(
            () => model.ToJson(),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'own'").And.Message.Contains("compile: false")
        );
        Assert.That(
            () => new Sequential(new Input(2), model).ToJson(),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'own'")
        );
        Assert.That(Keras.Model.FromJson(model.ToJson(compile: false)).Layers, Has.Count.EqualTo(1));
    }

    [Test]
    public void What_cannot_be_read_is_refused_and_not_left_out()
    {
        JsonNode json = JsonNode.Parse(Model().ToJson())!;
        json["compile_config"]!["optimizer"]!["class_name"] = "Sophia";
        Assert.That(
            () => Keras.Model.FromJson(json.ToJsonString()),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'Sophia'")
        );
        Assert.That(Keras.Model.FromJson(json.ToJsonString(), compile: false).GetCompileConfig(), Is.Null);
        json["compile_config"] = 3;
        Assert.That(() => Keras.Model.FromJson(json.ToJsonString()), Throws.ArgumentException.With.Message.Contains("compile_config"));
    }
}
