using System.Reflection;
using System.Runtime.CompilerServices;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>The classes of this library that configurations may name.</summary>
public sealed class ConfigurableClassTests
{
    private static readonly Type[] Classes =
    [
        .. typeof(Distiller)
            .Assembly.GetTypes()
            .Where(t => !t.IsAbstract && typeof(KerasObject).IsAssignableFrom(t) && t.GetConstructors().Length > 0),
    ];

    [Test]
    public void No_two_classes_of_both_libraries_have_one_name()
    {
        // They are made known when the assembly is loaded, which ends in an exception where a name is taken.
        Assert.That(() => RuntimeHelpers.RunModuleConstructor(typeof(Distiller).Module.ModuleHandle), Throws.Nothing);
        Assert.That(Classes, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (Type type in Classes)
            {
                Assert.That(
                    typeof(Loss).IsAssignableFrom(type) ? KerasSerializer.Knows<Loss>(type.Name) : KerasSerializer.Knows<Metric>(type.Name),
                    type.FullName
                );
            }
        });
    }

    /// <summary>Named as a loss of this library.</summary>
    public sealed class KnowledgeDistillationLoss() : Loss(null)
    {
        protected override TorchSharp.torch.Tensor Forward(TorchSharp.torch.Tensor y_true, TorchSharp.torch.Tensor y_pred) => y_pred;
    }

    [Test]
    public void Their_names_are_nobody_elses()
    {
        foreach (bool replace in new[] { false, true })
        {
            Assert.That(
                () => KerasSerializer.Register<KnowledgeDistillationLoss>(replace),
                Throws.ArgumentException.With.Message.Contains("'KnowledgeDistillationLoss'").And.Message.Contains("a class of the library")
            );
        }
    }

    [Test]
    public void Each_says_how_it_is_read()
    {
        Assert.Multiple(() =>
        {
            foreach (Type type in Classes)
            {
                ConstructorInfo[] constructors = type.GetConstructors();
                Assert.That(
                    constructors.Length == 1 || constructors.Count(c => c.IsDefined(typeof(ConfigConstructorAttribute))) == 1,
                    type.FullName
                );
            }
        });
    }
}
