using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>Configurations that do not fit are refused, by the name of what does not fit.</summary>
[Category("Smoke")]
public sealed class ConfigRefusalTests
{
    private static JsonObject Dense() => KerasSerializer.Serialize(new Dense(3, name: "d"));

    private static Sequential Compiled()
    {
        var model = new Sequential(new Input(2), new Dense(3));
        model.Compile("adam", loss: "mse", metrics: ["mae"]);
        return model;
    }

    private static void Refused<T>(Action call, params string[] parts)
        where T : Exception
    {
        Exception? found = Assert.Catch(() => call());
        Assert.That(found, Is.InstanceOf<T>());
        foreach (string part in parts)
        {
            Assert.That(found!.Message, Does.Contain(part));
        }
    }

    [Test]
    public void An_unknown_key_is_named_with_the_known_ones()
    {
        JsonObject node = Dense();
        node["config"]!["bias"] = true;
        Refused<ArgumentException>(() => KerasSerializer.Deserialize<Layer>(node), "Dense", "'bias'", "use_bias");
    }

    [Test]
    public void An_unknown_class_is_named()
    {
        JsonObject node = Dense();
        node["class_name"] = "Dens";
        Refused<NotSupportedException>(() => KerasSerializer.Deserialize<Layer>(node), "'Dens'", "Register");
        Refused<NotSupportedException>(() => KerasSerializer.Deserialize<Loss>(Dense()), "'Dense'");
    }

    [TestCase("units", "\"3\"", "an integer")]
    [TestCase("units", "2.5", "an integer")]
    [TestCase("units", "null", "an integer")]
    [TestCase("units", "1e30", "an integer")]
    [TestCase("use_bias", "2", "true or false")]
    [TestCase("name", "[1]", "a string")]
    [TestCase("kernel_initializer", "[]", "Initializer")]
    [TestCase("activation", "[]", "ActivationFunction")]
    public void A_value_of_a_wrong_type_is_named_with_what_it_should_be(string key, string value, string expected)
    {
        JsonObject node = Dense();
        node["config"]![key] = JsonNode.Parse(value);
        Refused<ArgumentException>(() => KerasSerializer.Deserialize<Layer>(node), "Dense", $"'{key}'", expected, value);
    }

    [Test]
    public void A_missing_argument_and_a_missing_configuration_are_named()
    {
        JsonObject node = Dense();
        node["config"]!.AsObject().Remove("units");
        Refused<ArgumentException>(() => KerasSerializer.Deserialize<Layer>(node), "'units'");
        node.Remove("config");
        Refused<ArgumentException>(() => KerasSerializer.Deserialize<Layer>(node), "Dense", "config");
        Refused<ArgumentException>(() => KerasSerializer.Deserialize<Layer>(JsonNode.Parse("[1]")!), "class_name", "[1]");
    }

    [TestCase("[3, null]")]
    [TestCase("[3, \"x\"]")]
    [TestCase("{}")]
    public void A_size_of_something_else_is_refused(string value)
    {
        JsonObject node = KerasSerializer.Serialize(new Conv2D(3, 3));
        node["config"]!["kernel_size"] = JsonNode.Parse(value);
        Refused<ArgumentException>(() => KerasSerializer.Deserialize<Layer>(node), "'kernel_size'");
    }

    [TestCase("optimizer", "3")]
    [TestCase("loss", "3")]
    [TestCase("metrics", "[3]")]
    [TestCase("metrics", "3")]
    [TestCase("loss_weights", "\"x\"")]
    [TestCase("steps_per_execution", "\"x\"")]
    [TestCase("lr", "0.1")]
    public void A_compile_configuration_that_does_not_fit_is_refused(string key, string value)
    {
        Model model = Compiled();
        JsonObject config = model.GetCompileConfig()!;
        config[key] = JsonNode.Parse(value);
        Refused<ArgumentException>(() => model.CompileFromConfig(config), "compile");
        Assert.That(model.GetCompileConfig()!.ToJsonString(), Is.Not.EqualTo(config.ToJsonString()), "what was compiled before stays");
    }

    [TestCase("mse")]
    [TestCase("crossentropy")]
    public void A_compile_configuration_comes_back_as_it_was_written(string loss)
    {
        Model model = Compiled();
        model.Compile("adam", loss: loss, metrics: ["mae", "accuracy"], loss_weights: 0.5);
        string written = model.GetCompileConfig()!.ToJsonString();
        model.CompileFromConfig(JsonNode.Parse(written)!.AsObject());
        Assert.That(model.GetCompileConfig()!.ToJsonString(), Is.EqualTo(written));
    }

    [TestCase("name", "3")]
    [TestCase("trainable", "\"no\"")]
    [TestCase("extra", "1")]
    [TestCase("layers", "{}")]
    public void A_models_configuration_that_does_not_fit_is_refused_by_key(string key, string value)
    {
        foreach (Model model in new[] { Compiled(), Branch() })
        {
            JsonObject node = JsonNode.Parse(model.ToJson())!.AsObject();
            node["config"]![key] = JsonNode.Parse(value);
            Refused<ArgumentException>(() => Model.FromJson(node.ToJsonString()), $"'{key}'");
        }
    }

    [Test]
    public void Text_that_is_no_model_is_refused()
    {
        Refused<ArgumentException>(() => Model.FromJson("{"), "could not be read");
        Refused<ArgumentException>(() => Model.FromJson("null"), "null");
        Refused<ArgumentException>(() => Model.FromJson(Dense().ToJsonString()), "not a model");
    }

    private static Model Branch()
    {
        KerasTensor input = new Input(2);
        return new Model(input, new Dense(1).Apply(input));
    }
}
