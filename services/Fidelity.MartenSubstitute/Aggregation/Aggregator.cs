using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using JasperFx.Events;

namespace Marten.Aggregation;

/// <summary>
/// Folds events into a conventional aggregate. What an event type does to it is found once, by its Create and Apply methods, and
/// compiled to a delegate: an event costs one dictionary look-up and one call.
/// </summary>
static class Aggregator<T> where T : class
{
    delegate T? Step(T? state, IEvent e);

    static readonly ConcurrentDictionary<Type, Step> Steps = new();
    static readonly MethodInfo New = ((Func<T>)NewState).Method;
    static readonly Action<T, string>? SetId = Setter<string>("Id");
    static readonly Action<T, long>? SetVersion = Setter<long>("Version");

    const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    /// <summary>The state after the events; null as long as none of them created it.</summary>
    public static T? Fold(T? state, IReadOnlyList<IEvent> events, string key)
    {
        foreach (var e in events) state = Steps.GetOrAdd(e.EventType, Compile)(state, e);
        if (state is null || events.Count == 0) return state;
        SetId?.Invoke(state, key);
        SetVersion?.Invoke(state, events[^1].Version);
        return state;
    }

    static Step Compile(Type data)
    {
        var create = Find("Create", data);
        var apply = Find("Apply", data);
        var state = Expression.Parameter(typeof(T), "state");
        var e = Expression.Parameter(typeof(IEvent), "e");

        // The event creates the state if it can, else it changes it: an empty state where there is none yet.
        Expression changed = state;
        if (apply is not null)
        {
            var target = create is null ? Expression.Coalesce(state, Expression.Call(New)) : (Expression)state;
            changed = Changed(apply, target, e, data);
        }

        Expression body = create is null
            ? changed
            : Expression.Condition(Expression.ReferenceEqual(state, Expression.Constant(null, typeof(T))), Call(create, null, e, data), changed);
        return Expression.Lambda<Step>(body, state, e).Compile();
    }

    static Expression Changed(MethodInfo apply, Expression state, ParameterExpression e, Type data)
    {
        if (apply.ReturnType == typeof(T)) return Call(apply, state, e, data);
        var current = Expression.Variable(typeof(T), "current");
        return Expression.Block([current], Expression.Assign(current, state), Call(apply, current, e, data), current);
    }

    static MethodCallExpression Call(MethodInfo method, Expression? state, ParameterExpression e, Type data)
    {
        var arguments = method.GetParameters().Select(parameter =>
            parameter.ParameterType == typeof(T) ? state!
            : parameter.ParameterType == typeof(IEvent) ? (Expression)e
            : parameter.ParameterType == typeof(IEvent<>).MakeGenericType(data) ? Expression.Convert(e, parameter.ParameterType)
            : Expression.Convert(Expression.Property(e, nameof(IEvent.Data)), parameter.ParameterType));
        return Expression.Call(method.IsStatic ? null : state, method, arguments);
    }

    /// <summary>The method that takes the event itself, its envelope, or a base type of it; the most exact wins.</summary>
    static MethodInfo? Find(string name, Type data)
    {
        var envelope = typeof(IEvent<>).MakeGenericType(data);
        return typeof(T).GetMethods(Any)
            .Where(m => string.Equals(m.Name, name, StringComparison.Ordinal) && m.GetParameters().Length > 0)
            .Select(m => (Method: m, Rank: m.GetParameters().Max(p => Rank(p.ParameterType))))
            .Where(found => found.Rank > 0)
            .OrderByDescending(found => found.Rank)
            .Select(found => found.Method)
            .FirstOrDefault();

        int Rank(Type parameter) =>
            parameter == typeof(T) ? 0
            : parameter == data ? 3
            : parameter == envelope ? 2
            : parameter.IsAssignableFrom(data) ? 1
            : 0;
    }

    /// <summary>By the constructor without parameters; without one, as in Marten, the bare object.</summary>
    static T NewState() => typeof(T).GetConstructor(Any & ~BindingFlags.Static, Type.EmptyTypes) is { } constructor
        ? (T)constructor.Invoke(null)
        : (T)RuntimeHelpers.GetUninitializedObject(typeof(T));

    static Action<T, TValue>? Setter<TValue>(string name)
    {
        for (var type = typeof(T); type is not null; type = type.BaseType)
        {
            if (type.GetProperty(name, Any | BindingFlags.DeclaredOnly)?.SetMethod is not { } set) continue;
            var target = Expression.Parameter(typeof(T));
            var value = Expression.Parameter(typeof(TValue));
            var parameter = set.GetParameters()[0].ParameterType;
            if (parameter != typeof(int) && parameter != typeof(long) && parameter != typeof(string)) return null;
            var given = parameter == typeof(TValue) ? (Expression)value : Expression.ConvertChecked(value, parameter);
            return Expression.Lambda<Action<T, TValue>>(Expression.Call(target, set, given), target, value).Compile();
        }

        return null;
    }
}
