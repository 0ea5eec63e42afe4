using System.Reflection;
using System.Runtime.CompilerServices;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>The types that a compiled type refers to: in its base types, members, attributes and the code of its methods.</summary>
internal static class TypeReferences
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>
    /// The types, each once, a generic one by its definition and its arguments. Those of nested types count as the type's own.
    /// </summary>
    public static IReadOnlySet<Type> Of(Type type)
    {
        var found = new HashSet<Type>();
        AddAll(type, found);
        return found;
    }

    /// <summary>The type that a nested one, or one that the compiler makes, belongs to.</summary>
    public static Type Outermost(Type type)
    {
        while (type.DeclaringType is Type outer)
        {
            type = outer;
        }

        return type;
    }

    private static void AddAll(Type type, HashSet<Type> found)
    {
        Add(type.BaseType, found);
        foreach (Type implemented in type.GetInterfaces())
        {
            Add(implemented, found);
        }

        AddAttributes(type, found);
        foreach (MemberInfo member in type.GetMembers(All))
        {
            AddAttributes(member, found);
            switch (member)
            {
                case FieldInfo field:
                    Add(field.FieldType, found);
                    break;
                case PropertyInfo property:
                    Add(property.PropertyType, found);
                    break;
                case MethodBase method:
                    AddMethod(method, found);
                    break;
                case Type nested:
                    AddAll(nested, found);
                    break;
            }
        }
    }

    private static void AddAttributes(MemberInfo member, HashSet<Type> found)
    {
        foreach (
            CustomAttributeData attribute in member
                .GetCustomAttributesData()
                .Where(a => a.AttributeType != typeof(CompilerGeneratedAttribute))
        )
        {
            Add(attribute.AttributeType, found);
            foreach (CustomAttributeTypedArgument argument in attribute.ConstructorArguments)
            {
                Add(argument.Value as Type, found);
            }
        }
    }

    private static void AddMethod(MethodBase method, HashSet<Type> found)
    {
        Add((method as MethodInfo)?.ReturnType, found);
        foreach (ParameterInfo parameter in method.GetParameters())
        {
            Add(parameter.ParameterType, found);
        }

        if (method.GetMethodBody() is not MethodBody body)
        {
            return;
        }

        foreach (LocalVariableInfo local in body.LocalVariables)
        {
            Add(local.LocalType, found);
        }

        foreach (
            ExceptionHandlingClause clause in body.ExceptionHandlingClauses.Where(c => c.Flags == ExceptionHandlingClauseOptions.Clause)
        )
        {
            Add(clause.CatchType, found);
        }

        foreach (MemberInfo member in CalledMethods.NamedBy(method))
        {
            Add(member as Type ?? member.DeclaringType, found);
            if (member is MethodInfo { IsGenericMethod: true } generic)
            {
                foreach (Type argument in generic.GetGenericArguments())
                {
                    Add(argument, found);
                }
            }
        }
    }

    private static void Add(Type? type, HashSet<Type> found)
    {
        while (type is { HasElementType: true })
        {
            type = type.GetElementType();
        }

        if (type is null || type.IsGenericParameter)
        {
            return;
        }

        found.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
        foreach (Type argument in type.IsGenericType ? type.GetGenericArguments() : [])
        {
            if (!argument.IsGenericParameter)
            {
                Add(argument, found);
            }
        }
    }
}
